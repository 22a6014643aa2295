package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys as openssl writes them: PKCS#8, or the older forms for RSA (PKCS#1) and elliptic
 * curves (SEC 1), which the JDK does not read. A key never enters a message.
 */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([^-]+)-----END");
  private static final byte[] VERSION = {2, 1, 0};
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final String EC_KEY = "06072a8648ce3d0201";

  private PemKey() {}

  static PrivateKey read(String owner, Path file) throws RegistryException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw unusable(owner, file, "it cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    return parse(text).orElseThrow(() -> unusable(owner, file, problem(text)));
  }

  /** The key in a text; empty if there is none that can be used. */
  static Optional<PrivateKey> parse(String text) {
    Matcher block = BLOCK.matcher(text);
    if (!block.find() || text.contains("Proc-Type:")) {
      return Optional.empty();
    }
    try {
      byte[] content = Base64.getMimeDecoder().decode(block.group(2));
      byte[] pkcs8 =
          switch (block.group(1)) {
            case "RSA " -> wrap(RSA, content);
            case "EC " -> wrap(curve(content), content);
            default -> content;
          };
      for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
        try {
          return Optional.of(
              KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (GeneralSecurityException e) {
          // It is a key of another kind: the next one is tried.
        }
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not Base64, which is said without quoting it
    }
    return Optional.empty();
  }

  private static String problem(String text) {
    return text.contains("ENCRYPTED")
        ? "it is encrypted; give one without a passphrase"
        : "there is no RSA or EC key in PEM form in it; check the file";
  }

  private static RegistryException unusable(String owner, Path file, String problem) {
    return new RegistryException(
        Kind.TLS,
        "tried to read the private key for %s from %s, but %s".formatted(owner, file, problem));
  }

  /** The name of the curve stands in the field [0] of the key itself (RFC 5915). */
  private static byte[] curve(byte[] sec1) {
    String hex = HexFormat.of().formatHex(sec1);
    Matcher parameters = Pattern.compile("a0(?:..)(06(..)(?:..)+)").matcher(hex);
    int from = 0;
    while (parameters.find(from)) {
      int length = Integer.parseInt(parameters.group(2), 16);
      int end = parameters.start(1) + 4 + 2 * length;
      int outer =
          Integer.parseInt(hex.substring(parameters.start() + 2, parameters.start() + 4), 16);
      if (parameters.start() % 2 == 0 && outer == length + 2 && end <= hex.length()) {
        String oid = hex.substring(parameters.start(1), end);
        return sequence(HexFormat.of().parseHex(EC_KEY + oid));
      }
      from = parameters.start() + 1;
    }
    throw new IllegalArgumentException("no named curve");
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(VERSION);
    out.writeBytes(algorithm);
    out.writeBytes(element(4, key));
    return sequence(out.toByteArray());
  }

  private static byte[] sequence(byte[] content) {
    return element(0x30, content);
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
