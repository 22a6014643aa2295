package io.jenkins.plugins.kaniko.executor.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of content: {@code algorithm:hex}, as in the image-spec's <a
 * href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests">digests</a>.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex the hash in lower-case hexadecimal digits
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
  private static final String SHA256 = "sha256";
  private static final String SHA512 = "sha512";

  public Digest {
    int length =
        switch (algorithm) {
          case SHA256 -> 64;
          case SHA512 -> 128;
          default ->
              throw new IllegalArgumentException(
                  "the digest algorithm '%s' is not known; use sha256 or sha512"
                      .formatted(algorithm));
        };
    if (hex.length() != length || !HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "'%s:%s' is not a digest: %s is followed by %d lower-case hexadecimal digits"
              .formatted(algorithm, hex, algorithm, length));
    }
  }

  /** Reads {@code sha256:...}; anything else is an {@link IllegalArgumentException}. */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "'%s' is not a digest: it looks like sha256:0123...".formatted(text));
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  // Written out: what the compiler gives records is put together at run time, 20 ms for the first.
  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest
        && algorithm.equals(digest.algorithm)
        && hex.equals(digest.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  /** The SHA-256 digest of some bytes. */
  public static Digest sha256(byte[] data) {
    return hash(SHA256, "SHA-256", data);
  }

  /** The SHA-512 digest of some bytes. */
  public static Digest sha512(byte[] data) {
    return hash(SHA512, "SHA-512", data);
  }

  /** A SHA-256 computation, for content that comes in parts; {@link #ofSha256} reads its result. */
  public static MessageDigest newSha256() {
    return computation("SHA-256");
  }

  /** A digest from the 32 bytes of a finished SHA-256 computation. */
  public static Digest ofSha256(byte[] hash) {
    return new Digest(SHA256, HexFormat.of().formatHex(hash));
  }

  private static Digest hash(String algorithm, String javaName, byte[] data) {
    return new Digest(algorithm, HexFormat.of().formatHex(computation(javaName).digest(data)));
  }

  private static MessageDigest computation(String javaName) {
    try {
      return MessageDigest.getInstance(javaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + javaName, e);
    }
  }

  /** The first twelve digits, for people. */
  public String shortHex() {
    return hex.substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
