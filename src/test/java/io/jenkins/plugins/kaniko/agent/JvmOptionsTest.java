package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JvmOptionsTest {
  @Test
  void agentsStartTheExecutorAsItsLauncherDoes() throws Exception {
    assertThat(JvmOptions.ALL).isEqualTo(Files.readAllLines(Path.of("bin/lib/jvm-options")));
  }

  @Test
  void theGuideNamesTheHeap() throws Exception {
    String heap = JvmOptions.ALL.get(0).replaceFirst("-Xmx(\\d+)m", "$1 MB of heap");

    assertThat(Files.readString(Path.of("docs/jenkins-guide.md"))).contains(heap);
  }
}
