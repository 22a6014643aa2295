package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Records of the steps that made an image, in the image's own config: each is a text under a key
 * beside those of the image-spec, which whoever runs the image ignores. The layers are the image's.
 * Safe for use by several threads.
 */
public final class InlineRecords {
  private static final String FIELD = "io.jenkins.plugins.kaniko.records";

  private final SortedMap<String, CacheRecord> records = new TreeMap<>();

  /** Keeps a record for {@link #into}. */
  public synchronized void add(CacheKey key, CacheRecord record) {
    records.put(key.hex(), record);
  }

  /**
   * A config with those records whose layers the image has, and none of the image that it was built
   * on.
   */
  public synchronized ImageConfig into(ImageConfig config, List<Descriptor> layers) {
    Set<Digest> there = new HashSet<>(layers.stream().map(Descriptor::digest).toList());
    List<String> texts = new ArrayList<>();
    records.forEach(
        (hex, record) -> {
          if (isOf(record, there)) {
            texts.add(record.toText(CacheKey.parse(hex)));
          }
        });
    return config.toBuilder().extension(FIELD, texts).build();
  }

  /**
   * What an image says of its layers; a record that says something else of one than its manifest
   * and its config do is left out.
   */
  static Map<CacheKey, CacheRecord> read(ImageConfig config, Manifest manifest) {
    Map<CacheKey, CacheRecord> found = new HashMap<>();
    for (String text : config.extension(FIELD)) {
      Optional<CacheKey> key = CacheRecord.keyOf(text);
      key.flatMap(name -> CacheRecord.parse(name, text))
          .filter(record -> record.layer().map(l -> l.isIn(manifest, config)).orElse(true))
          .ifPresent(record -> found.put(key.get(), record));
    }
    return found;
  }

  private static boolean isOf(CacheRecord record, Set<Digest> layers) {
    return record.layer().map(layer -> layers.contains(layer.descriptor().digest())).orElse(true);
  }
}
