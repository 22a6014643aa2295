package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JavaOptionsTest {
  @Test
  void theLauncherGivesTheSameOptions() throws Exception {
    assertThat(Files.readAllLines(Path.of("bin/lib/jvm-options"))).isEqualTo(JavaOptions.ALL);
  }
}
