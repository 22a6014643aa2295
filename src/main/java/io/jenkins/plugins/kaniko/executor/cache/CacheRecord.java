package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a step made.
 *
 * @param created when it ran
 * @param below names the file system that it ran on: its layer is of use on that one only. Empty
 *     for a linked layer, which fits everywhere
 * @param content the key by what was read, where the record's own is by where it was read from
 * @param layer empty if nothing changed
 * @param counts what it changed
 */
public record CacheRecord(
    Instant created,
    Optional<CacheKey> below,
    Optional<CacheKey> content,
    Optional<Layer> layer,
    Counts counts) {
  private static final String HEADER = "kaniko-build record 1";

  /**
   * A layer as a manifest and a config name it.
   *
   * @param descriptor of the compressed blob
   */
  public record Layer(Digest diffId, Descriptor descriptor) {
    /** Whether an image has it, and says the same of it; foreign layers are nobody's to reuse. */
    boolean isIn(Manifest manifest, ImageConfig config) {
      List<Descriptor> layers = manifest.layers();
      List<Digest> diffIds = config.diffIds();
      for (int i = 0; i < Math.min(layers.size(), diffIds.size()); i++) {
        if (diffIds.get(i).equals(diffId) && isSame(layers.get(i))) {
          return true;
        }
      }
      return false;
    }

    /** Both formats have names of their own for the same type. */
    private boolean isSame(Descriptor other) {
      try {
        return other.digest().equals(descriptor.digest())
            && other.size() == descriptor.size()
            && !MediaTypes.isForeignLayer(descriptor.mediaType())
            && MediaTypes.convertLayer(descriptor.mediaType(), ImageFormat.OCI)
                .equals(MediaTypes.convertLayer(other.mediaType(), ImageFormat.OCI));
      } catch (IllegalArgumentException e) {
        // One of them is no layer.
        return false;
      }
    }
  }

  /** Paths and bytes that a step changed. */
  public record Counts(int added, int changed, int deleted, long bytes) {}

  /** The record of the same step under another key. */
  public CacheRecord withContent(CacheKey key) {
    return new CacheRecord(created, below, Optional.of(key), layer, counts);
  }

  /** The record as it is kept under the key by what was read. */
  public CacheRecord withoutContent() {
    return new CacheRecord(created, below, Optional.empty(), layer, counts);
  }

  /**
   * Lines of a name and a value; the last has the digest of those before it.
   *
   * @param key that it is kept under, so that it cannot be taken for another's
   */
  public String toText(CacheKey key) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    line(text, "key", key.hex());
    line(text, "created", created.toString());
    below.ifPresent(value -> line(text, "below", value.hex()));
    content.ifPresent(value -> line(text, "content", value.hex()));
    if (layer.isPresent()) {
      Descriptor descriptor = layer.get().descriptor();
      line(text, "diff-id", layer.get().diffId().toString());
      line(text, "digest", descriptor.digest().toString());
      line(text, "size", Long.toString(descriptor.size()));
      line(text, "media-type", descriptor.mediaType());
    }
    line(text, "added", Integer.toString(counts.added()));
    line(text, "changed", Integer.toString(counts.changed()));
    line(text, "deleted", Integer.toString(counts.deleted()));
    line(text, "bytes", Long.toString(counts.bytes()));
    line(text, "sum", sum(text));
    return text.toString();
  }

  /** Reads what {@link #toText} wrote; empty if it is damaged or of another key. */
  public static Optional<CacheRecord> parse(CacheKey key, String text) {
    try {
      int last = text.lastIndexOf("sum ");
      Map<String, String> fields = new LinkedHashMap<>();
      text.lines().skip(1).forEach(line -> put(fields, line));
      boolean whole =
          text.startsWith(HEADER + "\n")
              && key.hex().equals(fields.get("key"))
              && last > 0
              && sum(text.substring(0, last)).equals(fields.get("sum"));
      return whole ? Optional.of(of(fields)) : Optional.empty();
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The key that a text is kept under, as it says itself. */
  static Optional<CacheKey> keyOf(String text) {
    return text.lines()
        .filter(line -> line.matches("key [0-9a-f]{64}"))
        .findFirst()
        .map(line -> CacheKey.parse(line.substring("key ".length())));
  }

  private static CacheRecord of(Map<String, String> fields) {
    Optional<Layer> layer = Optional.empty();
    if (fields.containsKey("digest")) {
      Descriptor descriptor =
          Descriptor.of(
              required(fields, "media-type"),
              Digest.parse(required(fields, "digest")),
              Long.parseLong(required(fields, "size")));
      layer = Optional.of(new Layer(Digest.parse(required(fields, "diff-id")), descriptor));
    }
    Counts counts =
        new Counts(
            Integer.parseInt(required(fields, "added")),
            Integer.parseInt(required(fields, "changed")),
            Integer.parseInt(required(fields, "deleted")),
            Long.parseLong(required(fields, "bytes")));
    return new CacheRecord(
        Instant.parse(required(fields, "created")),
        Optional.ofNullable(fields.get("below")).map(CacheKey::parse),
        Optional.ofNullable(fields.get("content")).map(CacheKey::parse),
        layer,
        counts);
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a record has no " + name);
    }
    return value;
  }

  private static void put(Map<String, String> fields, String line) {
    int space = line.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("a line of a record has no value");
    }
    fields.put(line.substring(0, space), line.substring(space + 1));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(value).append('\n');
  }

  private static String sum(CharSequence text) {
    return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8)).hex();
  }
}
