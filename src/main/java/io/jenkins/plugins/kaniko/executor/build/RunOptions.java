package io.jenkins.plugins.kaniko.executor.build;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the caller gives to RUN: nothing of it enters an image.
 *
 * @param secrets by id
 * @param ssh agent sockets and private keys by id
 * @param cacheNamespace builds with different ones share no cache mount
 * @param hosts further lines of {@code /etc/hosts}: address, tab, name
 * @param shmSize size of {@code /dev/shm} in bytes
 */
public record RunOptions(
    Map<String, Secret> secrets,
    Map<String, List<Path>> ssh,
    String cacheNamespace,
    List<String> hosts,
    OptionalLong shmSize) {

  /** Nothing is given. */
  public static final RunOptions NONE =
      new RunOptions(Map.of(), Map.of(), "default", List.of(), OptionalLong.empty());

  /** Copies what it gets. */
  public RunOptions {
    secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    ssh = Collections.unmodifiableMap(new LinkedHashMap<>(ssh));
    hosts = List.copyOf(hosts);
  }

  /**
   * Where a secret is read from, when a command asks for it.
   *
   * @param name of the file or of the variable
   */
  public record Secret(Kind kind, String name) {
    /** The places where secrets are. */
    public enum Kind {
      FILE,
      ENVIRONMENT
    }
  }
}
