package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerIndexFileTest {
  private static final Digest DIFF_ID = Digest.sha256("x".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path directory;
  private Path file;
  private LayerIndex index;

  @BeforeEach
  void write() throws IOException {
    String notText = FileNames.decode(new byte[] {'d', '/', (byte) 0xff, 'n'});
    index = new LayerIndex();
    index.add(LayerEntry.directory("", 0755, 0, 0, 3));
    index.add(LayerEntry.file(notText, 06755, 3_000_000_000L, 7, 1L << 40, -1));
    index.add(LayerEntry.symlink("implied/link", "../nowhere \u00e9", 1, 2, 3));
    LayerEntry capable =
        new LayerEntry(
            "d/again",
            EntryType.HARDLINK,
            0600,
            0,
            0,
            0,
            9,
            notText,
            1,
            2,
            Map.of("security.capability", new byte[] {0, -1, 1}));
    index.add(capable);
    for (String raw : List.of("gone/.wh.file", "d/.wh..wh..opq", ".wh.back")) {
      index.addRaw(LayerEntry.file(raw, 0644, 0, 0, 0, 0));
    }
    index.addRaw(LayerEntry.directory("back", 0700, 0, 0, 0));
    file = directory.resolve("index");
    LayerIndexFile.write(file, DIFF_ID, index);
  }

  @Test
  void whatIsReadAnswersAsWhatWasWritten() throws IOException {
    LayerIndex read = LayerIndexFile.read(file, DIFF_ID);
    assertThat(read.entries()).hasSameSizeAs(index.entries());
    for (LayerEntry entry : index.entries()) {
      LayerEntry found = read.entry(entry.path()).orElseThrow();
      assertThat(found).usingRecursiveComparison().as("%s", entry.path()).isEqualTo(entry);
      assertThat(read.children(entry.path())).isEqualTo(index.children(entry.path()));
    }
    assertThat(read.impliedDirectories()).isEqualTo(index.impliedDirectories()).contains("implied");
    assertThat(List.of("d", "back", "gone", ""))
        .allSatisfy(path -> assertThat(read.isOpaque(path)).isEqualTo(index.isOpaque(path)));
    assertThat(read.isOpaque("d")).isTrue();
    assertThat(read.children("")).isEqualTo(index.children(""));
  }

  @Test
  void nothingIsReadOfADamagedOneOrOfAnothers() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    assertThatThrownBy(() -> LayerIndexFile.read(file, Digest.sha256(bytes)))
        .isInstanceOf(IOException.class);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x11;
      Files.write(file, damaged);
      assertThatThrownBy(() -> LayerIndexFile.read(file, DIFF_ID))
          .as("byte %d", i)
          .isInstanceOf(IOException.class);
    }
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> LayerIndexFile.read(file, DIFF_ID)).isInstanceOf(IOException.class);
    }
  }
}
