package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpreadSubdirectoriesTest {
  @TempDir Path directory;

  @Test
  void extFileSystemsAreToldToSpreadSubdirectories() throws IOException {
    assumeThat(Files.getFileStore(directory).type()).startsWith("ext");
    RootFilesystems.spreadSubdirectories(directory);
    assertThat(attributes(directory).split(" ", 2)[0]).contains("T");
  }

  @Test
  void elsewhereItIsAHintThatNobodyTakes() {
    assertThatCode(() -> RootFilesystems.spreadSubdirectories(Path.of("/proc/self")))
        .doesNotThrowAnyException();
    assertThatCode(() -> RootFilesystems.spreadSubdirectories(directory.resolve("missing")))
        .doesNotThrowAnyException();
  }

  private static String attributes(Path path) throws IOException {
    Process lsattr = new ProcessBuilder("lsattr", "-d", path.toString()).start();
    return new String(lsattr.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
