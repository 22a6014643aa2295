package io.jenkins.plugins.kaniko.executor.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InlineRecordsTest {
  private static final CacheKey KEY = CacheKey.of("test").build();
  private static final Digest BLOB = Digest.sha256(new byte[] {1});
  private static final Digest DIFF_ID = Digest.sha256(new byte[] {2});
  private static final String GZIP = MediaTypes.OCI_LAYER_GZIP;

  private static CacheRecord record(String mediaType, Digest blob, long size, Digest diffId) {
    Descriptor descriptor = Descriptor.of(mediaType, blob, size);
    return new CacheRecord(
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new CacheRecord.Layer(diffId, descriptor)),
        new CacheRecord.Counts(1, 0, 0, 1));
  }

  /** Whether an image with one layer is believed, in its config and as an image of a cache. */
  private static boolean isBelieved(CacheRecord record, String imagesType) {
    InlineRecords records = new InlineRecords();
    records.add(KEY, record);
    Descriptor layer = Descriptor.of(imagesType, BLOB, 7);
    ImageConfig plain =
        ImageConfig.scratch(Platform.current()).toBuilder()
            .layers(List.of(DIFF_ID), List.of())
            .label("io.jenkins.plugins.kaniko.record", record.toText(KEY))
            .build();
    ImageConfig config =
        records.into(
            plain, List.of(Descriptor.of(GZIP, BLOB, 7), record.layer().get().descriptor()));
    Descriptor named = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config.toBytes()), 1);
    Manifest manifest = Manifest.create(ImageFormat.OCI, named, List.of(layer));
    boolean inline = InlineRecords.read(config, manifest).containsKey(KEY);
    assertThat(CacheImage.read(KEY, manifest, config).isPresent()).isEqualTo(inline);
    return inline;
  }

  @Test
  void aRecordThatSaysSomethingElseOfALayerThanTheImageIsLeftOut() {
    assertThat(isBelieved(record(GZIP, BLOB, 7, DIFF_ID), GZIP)).isTrue();
    assertThat(isBelieved(record(MediaTypes.DOCKER_LAYER_GZIP, BLOB, 7, DIFF_ID), GZIP)).isTrue();
    assertThat(isBelieved(record(GZIP, DIFF_ID, 7, DIFF_ID), GZIP)).as("digest").isFalse();
    assertThat(isBelieved(record(GZIP, BLOB, 7, BLOB), GZIP)).as("diffID").isFalse();
    assertThat(isBelieved(record(GZIP, BLOB, 8, DIFF_ID), GZIP)).as("size").isFalse();
    String zstd = MediaTypes.OCI_LAYER_ZSTD;
    assertThat(isBelieved(record(zstd, BLOB, 7, DIFF_ID), GZIP)).as("media type").isFalse();
    String foreign = MediaTypes.DOCKER_FOREIGN_LAYER;
    assertThat(isBelieved(record(foreign, BLOB, 7, DIFF_ID), GZIP)).as("foreign").isFalse();
    assertThat(isBelieved(record(foreign, BLOB, 7, DIFF_ID), foreign)).as("both").isFalse();
    assertThat(isBelieved(record("text/plain", BLOB, 7, DIFF_ID), GZIP)).as("none").isFalse();
  }
}
