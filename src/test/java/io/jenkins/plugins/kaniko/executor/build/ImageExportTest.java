package io.jenkins.plugins.kaniko.executor.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageExportTest {
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final ImageExport EXPORT =
      new ImageExport(
          Manifest.create(
              ImageFormat.OCI,
              Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(CONFIG), CONFIG.length),
              List.of()),
          CONFIG,
          List.of());

  @TempDir Path temporary;

  @Test
  void anArchiveGoesIntoAPipeThatStaysOne() throws Exception {
    Path pipe = temporary.resolve("pipe");
    assertThat(run("mkfifo", pipe.toString())).isZero();
    Path copy = temporary.resolve("copy");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(copy.toFile()).start();

    EXPORT.dockerArchive(pipe, List.of());

    assertThat(reader.waitFor()).isZero();
    assertThat(run("tar", "-tf", copy.toString())).isZero();
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }

  @Test
  void aSymlinkStaysAndItsFileIsReplaced() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "old");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), file);

    EXPORT.dockerArchive(link, List.of());

    assertThat(link).isSymbolicLink();
    assertThat(run("tar", "-tf", file.toString())).isZero();
  }

  @Test
  void aMountPointIsWrittenInPlace() throws Exception {
    Path source = Files.writeString(temporary.resolve("source"), "x".repeat(1 << 20));
    Path target = Files.writeString(temporary.resolve("target"), "");
    assumeTrue(
        run("mount", "--bind", source.toString(), target.toString()) == 0,
        "needs the right to mount");
    try {
      EXPORT.dockerArchive(target, List.of());
      assertThat(run("tar", "-tf", source.toString())).isZero();
    } finally {
      assertThat(run("umount", target.toString())).isZero();
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
