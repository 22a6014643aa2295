package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The parameters of a build and the flags of the executor that the plugin ships. */
class ExecutorFlagsIT {
  @Test
  void aFlagIsRefusedOnlyIfThePackagedExecutorLacksIt() throws Exception {
    Process executor =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("executor.jar"),
                "--help")
            .redirectErrorStream(true)
            .start();
    String help = new String(executor.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Set<String> used = new TreeSet<>();
    Pattern.compile("\"(--[a-z-]+)\"")
        .matcher(
            Files.readString(Path.of("src/main/java/io/jenkins/plugins/kaniko/CommandLine.java")))
        .results()
        .forEach(hit -> used.add(hit.group(1)));

    assertThat(used).contains("--context", "--cache-ttl", "--ssh");
    assertThat(ExecutorFlags.in(help)).contains("--context", "--custom-platform", "--version");
    for (String flag : used) {
      // In the text itself, a word that ends there.
      boolean there = Pattern.compile("(?m)^ .*" + flag + "(?=[=\\[,\\s])").matcher(help).find();
      assertThat(ExecutorFlags.has(flag, false)).as(flag).isEqualTo(there);
    }
  }
}
