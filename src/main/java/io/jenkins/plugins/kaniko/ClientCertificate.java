package io.jenkins.plugins.kaniko;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import hudson.AbortException;
import io.jenkins.plugins.kaniko.agent.RegistryCertificate;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;

/** Certificate credentials, which are a key store, as the files in PEM that the executor reads. */
final class ClientCertificate {
  private static final int LINE = 64;

  private ClientCertificate() {}

  /** The first key of the store, with its chain. */
  static RegistryCertificate of(StandardCertificateCredentials found, String registry, String id)
      throws AbortException {
    KeyStore store = found.getKeyStore();
    char[] password = found.getPassword().getPlainText().toCharArray();
    try {
      for (String alias : Collections.list(store.aliases())) {
        Key key = store.isKeyEntry(alias) ? store.getKey(alias, password) : null;
        if (key != null) {
          StringBuilder chain = new StringBuilder();
          for (Certificate certificate : store.getCertificateChain(alias)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
          }
          return new RegistryCertificate(
              registry, chain.toString(), pem("PRIVATE KEY", key.getEncoded()));
        }
      }
    } catch (GeneralSecurityException e) {
      throw unreadable(id, e);
    }
    throw unreadable(id, null);
  }

  private static AbortException unreadable(String id, Exception cause) {
    AbortException failure = new AbortException(Messages.RunCredentials_noKey(id));
    failure.initCause(cause);
    return failure;
  }

  private static String pem(String kind, byte[] content) {
    byte[] end = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(kind, Base64.getMimeEncoder(LINE, end).encodeToString(content));
  }
}
