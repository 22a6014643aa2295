package io.jenkins.plugins.kaniko.executor.source;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How repositories are reached.
 *
 * @param authorization asked once for each host
 * @param ssh socket of an agent or private keys; empty if there is no way to log in
 * @param skipTls certificates of servers are not verified
 * @param environment where HOME names the known hosts of ssh
 */
public record GitSettings(
    Authorization authorization,
    Optional<List<Path>> ssh,
    boolean skipTls,
    Proxies proxies,
    Map<String, String> environment) {

  /** Knows which proxy leads to an address. */
  @FunctionalInterface
  public interface Proxies {
    /** Empty for what the JVM's own properties say. */
    Optional<Proxy> find(URI target) throws IOException;
  }

  /**
   * A proxy of HTTP.
   *
   * @param address not resolved
   * @param login the value of Proxy-Authorization: a secret
   */
  public record Proxy(InetSocketAddress address, Optional<String> login) {
    @Override
    public String toString() {
      return "Proxy[address=" + address + "]";
    }
  }

  /** Knows what to send to a host. */
  @FunctionalInterface
  public interface Authorization {
    /**
     * The value of the Authorization header. It is a secret, and sent by https only.
     *
     * @param host with the port where the address names one
     */
    Optional<String> header(String host) throws IOException;
  }
}
