package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Names what goes into a step: equal keys mean equal inputs. Every field is hashed with its name,
 * its kind and its length, so that no two lists of fields run into the same bytes.
 *
 * @param digest of the fields
 */
public record CacheKey(Digest digest) {
  /** Raised whenever the same inputs are hashed another way, or make another layer. */
  private static final int VERSION = 1;

  /**
   * Begins a key.
   *
   * @param kind of thing that it names; keys of different kinds are never equal
   */
  public static Builder of(String kind) {
    return new Builder().number("kaniko-build", VERSION).text("kind", kind);
  }

  /** Reads 64 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
  public static CacheKey parse(String hex) {
    return new CacheKey(new Digest("sha256", hex));
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return digest.hex();
  }

  @Override
  public String toString() {
    return hex();
  }

  // As of Digest.
  @Override
  public boolean equals(Object other) {
    return other instanceof CacheKey key && digest.equals(key.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  /** Takes the fields of a key, in an order that their owner keeps. Not thread-safe. */
  public static final class Builder {
    private final MessageDigest sha256 = Digest.newSha256();

    private Builder() {}

    public Builder text(String name, String value) {
      // File names that are not UTF-8 have lone surrogates, which an encoder would replace.
      ByteBuffer chars = ByteBuffer.allocate(value.length() * Character.BYTES);
      chars.asCharBuffer().put(value);
      return field('t', name, chars.array());
    }

    public Builder number(String name, long value) {
      return field('n', name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    public Builder flag(String name, boolean value) {
      return number(name, value ? 1 : 0);
    }

    public Builder bytes(String name, byte[] value) {
      return field('b', name, value);
    }

    public Builder key(String name, CacheKey value) {
      return field('k', name, value.hex().getBytes(StandardCharsets.US_ASCII));
    }

    /** A value that may be missing, which is not the same as empty. */
    public Builder text(String name, Optional<String> value) {
      field('o', name, new byte[] {(byte) (value.isPresent() ? 1 : 0)});
      return value.isPresent() ? text(name, value.get()) : this;
    }

    /** Texts in their order. */
    public Builder texts(String name, List<String> values) {
      size(name, values.size());
      values.forEach(value -> text(name, value));
      return this;
    }

    /** Pairs, whatever their order. */
    public Builder texts(String name, Map<String, String> values) {
      size(name, values.size());
      new TreeMap<>(values).forEach((key, value) -> text(name, key).text(name, value));
      return this;
    }

    public CacheKey build() {
      return new CacheKey(Digest.ofSha256(sha256.digest()));
    }

    private void size(String name, int value) {
      field('l', name, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private Builder field(char type, String name, byte[] value) {
      byte[] label = name.getBytes(StandardCharsets.UTF_8);
      sha256.update(
          ByteBuffer.allocate(2 + 2 * Integer.BYTES)
              .putChar(type)
              .putInt(label.length)
              .putInt(value.length)
              .array());
      sha256.update(label);
      sha256.update(value);
      return this;
    }
  }
}
