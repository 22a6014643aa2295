package io.jenkins.plugins.kaniko.executor.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheKeyTest {
  private static final CacheKey KEY = CacheKey.of("test").text("a", "b").build();

  @Property(tries = 300)
  void listsOfDifferentTextsHaveDifferentKeys(
      @ForAll List<String> first, @ForAll List<String> second) {
    CacheKey one = CacheKey.of("list").texts("x", first).build();
    CacheKey other = CacheKey.of("list").texts("x", second).build();
    assertThat(one.equals(other)).isEqualTo(first.equals(second));
  }

  @Test
  void fieldsDoNotRunIntoEachOther() {
    List<CacheKey> keys =
        List.of(
            CacheKey.of("k").text("a", "bc").text("d", "").build(),
            CacheKey.of("k").text("a", "b").text("d", "c").build(),
            CacheKey.of("k").text("ab", "c").text("d", "").build(),
            CacheKey.of("k").text("a", Optional.empty()).build(),
            CacheKey.of("k").text("a", Optional.of("")).build(),
            CacheKey.of("k").text("a", "").build(),
            CacheKey.of("k").number("a", 0).build(),
            CacheKey.of("k").bytes("a", new byte[0]).build(),
            CacheKey.of("k").texts("a", List.of()).texts("b", List.of("")).build(),
            CacheKey.of("k").texts("a", List.of("")).texts("b", List.of()).build(),
            CacheKey.of("ka").build());
    assertThat(keys).doesNotHaveDuplicates();
  }

  @Test
  void namesThatAreNotUtf8AreKeptApart() {
    assertThat(CacheKey.of("k").text("name", "\udcff").build())
        .isNotEqualTo(CacheKey.of("k").text("name", "\udcfe").build())
        .isNotEqualTo(CacheKey.of("k").text("name", "\ufffd").build());
  }

  @Test
  void theOrderOfPairsMakesNoDifference() {
    Map<String, String> backwards = new LinkedHashMap<>();
    backwards.put("b", "2");
    backwards.put("a", "1");
    Map<String, String> forwards = new LinkedHashMap<>();
    forwards.put("a", "1");
    forwards.put("b", "2");
    assertThat(CacheKey.of("k").texts("env", backwards).build())
        .isEqualTo(CacheKey.of("k").texts("env", forwards).build());
  }

  @Test
  void whatIsKeptIsFoundUntilItIsDamaged(@TempDir Path directory) throws IOException {
    List<String> damage = new ArrayList<>();
    ContentStore store = ContentStore.open(directory.resolve("store"));
    CacheRecords records = new CacheRecords(store, directory, damage::add);
    byte[] layer = "layer".getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(layer);
    CacheRecord record =
        new CacheRecord(
            Instant.parse("2030-01-02T03:04:05Z"),
            Optional.of(CacheKey.of("below").build()),
            Optional.of(CacheKey.of("content").build()),
            Optional.of(
                new CacheRecord.Layer(
                    digest, Descriptor.of(MediaTypes.OCI_LAYER_GZIP, digest, layer.length))),
            new CacheRecord.Counts(1, 2, 3, 4));

    assertThat(records.find(KEY)).isEmpty();
    records.put(KEY, record);
    assertThat(records.find(KEY)).as("a record without its layer").isEmpty();
    try (BuildDirectory build = store.beginBuild()) {
      store.commitBlob(Files.write(build.path().resolve("layer"), layer), digest);
    }
    records.put(KEY, record);
    assertThat(records.find(KEY)).contains(record);

    Path file = directory.resolve("store/records").resolve(KEY.hex());
    String text = Files.readString(file);
    Files.writeString(file, text.replace("added 1", "added 9"));
    assertThat(records.find(KEY)).isEmpty();
    assertThat(damage).singleElement().asString().contains("damaged cache record");
    assertThat(file).doesNotExist();

    records.put(KEY, record);
    Path copy = directory.resolve("store/records").resolve(CacheKey.of("other").build().hex());
    Files.copy(file, copy);
    assertThat(records.find(CacheKey.of("other").build())).as("another's record").isEmpty();

    Files.writeString(store.blob(digest).orElseThrow(), "cut");
    assertThat(records.find(KEY)).isEmpty();
    assertThat(store.blob(digest)).isEmpty();
  }
}
