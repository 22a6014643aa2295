package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom each host has to be, and who we are to it: the authorities of the JVM and those that were
 * added for all hosts or for one, and client certificates.
 */
final class TlsContexts {
  private final Map<String, Path> authorities;
  private final Map<String, ClientCertificate> clients;
  private final List<Path> additional;

  /**
   * What the options say.
   *
   * @param authorities certificates to trust, by host
   * @param additional files, and directories of files, with certificates to trust everywhere
   */
  TlsContexts(
      Map<String, Path> authorities,
      Map<String, ClientCertificate> clients,
      List<Path> additional) {
    this.authorities = Map.copyOf(authorities);
    this.clients = Map.copyOf(clients);
    this.additional = additional.stream().filter(Files::exists).toList();
  }

  /** Hosts with the same key can share a client. */
  String key(String host, boolean verify) {
    String name = host.toLowerCase(Locale.ROOT);
    Object authority = verify ? authorities.get(name) : "any";
    return authority + " " + clients.get(name);
  }

  /** The context for a host; empty if the JVM's own does. */
  Optional<SSLContext> of(String host, boolean verify) throws RegistryException {
    String name = host.toLowerCase(Locale.ROOT);
    Optional<Path> authority = Optional.ofNullable(authorities.get(name));
    Optional<ClientCertificate> client = Optional.ofNullable(clients.get(name));
    if (verify && client.isEmpty() && authority.isEmpty() && additional.isEmpty()) {
      return Optional.empty();
    }
    try {
      KeyManager[] keys = client.isPresent() ? keys(host, client.get()) : null;
      TrustManager[] trust = verify ? trust(host, authority) : new TrustManager[] {new TrustAll()};
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return Optional.of(context);
    } catch (GeneralSecurityException | IOException e) {
      throw new RegistryException(
          Kind.TLS, "tried to prepare TLS for %s, but %s".formatted(host, e.getMessage()), e);
    }
  }

  private TrustManager[] trust(String host, Optional<Path> authority)
      throws RegistryException, GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int count = 0;
    for (Certificate known : defaults()) {
      store.setCertificateEntry("c" + count++, known);
    }
    for (Path place : additional) {
      for (Path file : files(place)) {
        for (Certificate more : lenient(file)) {
          store.setCertificateEntry("c" + count++, more);
        }
      }
    }
    if (authority.isPresent()) {
      for (Certificate more : certificates(host, authority.get())) {
        store.setCertificateEntry("c" + count++, more);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(String host, ClientCertificate client)
      throws RegistryException, GeneralSecurityException, IOException {
    Certificate[] chain = certificates(host, client.certificate()).toArray(Certificate[]::new);
    KeyStore store = emptyStore();
    char[] none = new char[0];
    store.setKeyEntry("client", PemKey.read(host, client.key()), none, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static List<Certificate> defaults() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    List<Certificate> known = new ArrayList<>();
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        known.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return known;
  }

  private static Collection<? extends Certificate> certificates(String host, Path file)
      throws RegistryException {
    try {
      Collection<? extends Certificate> found = parse(file);
      if (!found.isEmpty()) {
        return found;
      }
    } catch (GeneralSecurityException | IOException e) {
      throw unusable(host, file, e);
    }
    throw unusable(host, file, null);
  }

  private static RegistryException unusable(String host, Path file, Throwable cause) {
    return new RegistryException(
        Kind.TLS,
        "tried to read the certificate for %s from %s, but there is none in PEM form; check the file"
            .formatted(host, file),
        cause);
  }

  /** Directories of certificates hold other things too. */
  private static Collection<? extends Certificate> lenient(Path file) {
    try {
      return parse(file);
    } catch (GeneralSecurityException | IOException e) {
      return List.of();
    }
  }

  private static Collection<? extends Certificate> parse(Path file)
      throws GeneralSecurityException, IOException {
    // Bundles have comments between the certificates, which the JDK does not expect.
    StringBuilder pem = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()) {
      inside |= line.startsWith("-----BEGIN ") && line.contains("CERTIFICATE-----");
      if (inside) {
        pem.append(line.replace("TRUSTED ", "").strip()).append('\n');
      }
      inside &= !line.startsWith("-----END ");
    }
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(
            new ByteArrayInputStream(pem.toString().getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static List<Path> files(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    try (Stream<Path> files = Files.list(place)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  /** Files that prove who we are. */
  record ClientCertificate(Path certificate, Path key) {}
}
