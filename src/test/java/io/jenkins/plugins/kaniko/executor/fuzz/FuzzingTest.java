package io.jenkins.plugins.kaniko.executor.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lets a coverage-guided fuzzer loose on everything that reads text of strangers. A crash, an input
 * that takes longer than {@value #SECONDS_FOR_ONE_INPUT} seconds and one that does not do with a
 * small heap fail the test, which then shows the input.
 *
 * <p>Some seconds each in the normal suite; longer with {@code -Dfuzz.seconds=600}. A directory
 * {@code -Dfuzz.corpus=DIR} keeps what was learned.
 */
class FuzzingTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
  private static final int SECONDS_FOR_ONE_INPUT = 60;
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final String OURS = "io.jenkins.plugins.kaniko.executor.";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "parser, dockerfile.ParserFuzzer",
    "heredoc, dockerfile.HeredocFuzzer",
    "expander, dockerfile.ExpanderFuzzer",
    "ignore, context.IgnoreFuzzer"
  })
  void noTextDoesMoreThanFail(String name, String target) throws Exception {
    String machine = System.getProperty("os.arch");
    Assumptions.assumeTrue(
        List.of("amd64", "aarch64").contains(machine), () -> "the fuzzer has no " + machine);
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(command(name, OURS + target))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      int exitCode = process.waitFor();
      assertThat(exitCode).as(() -> read(log)).isZero();
      assertThat(executions(read(log))).as("executions").isPositive();
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(String name, String target) throws IOException {
    Path resources = Path.of("src/test/resources").toAbsolutePath();
    Path learned =
        Files.createDirectories(
            Path.of(System.getProperty("fuzz.corpus", directory.toString()), name));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-Xss512k", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), JAZZER));
    command.add("--target_class=" + target);
    command.add("--instrumentation_includes=" + OURS + "dockerfile.**:" + OURS + "context.**");
    command.add("--disabled_hooks=*");
    command.addAll(List.of("-max_total_time=" + SECONDS, "-timeout=" + SECONDS_FOR_ONE_INPUT));
    command.addAll(List.of("-seed=20261123", "-max_len=20000", "-rss_limit_mb=0"));
    command.addAll(
        List.of("-print_final_stats=1", "-dict=" + resources.resolve("fuzz/dictionary")));
    command.add(learned.toAbsolutePath().toString());
    command.add(resources.resolve("fuzz/" + name).toString());
    if (name.equals("parser")) {
      command.addAll(cases(resources.resolve("dockerfile/cases")));
    }
    return command;
  }

  /** The directories with cases of the parser, which are a corpus already. */
  private static List<String> cases(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isDirectory).map(Path::toString).toList();
    }
  }

  private static long executions(String log) {
    return log.lines()
        .filter(line -> line.startsWith("stat::number_of_executed_units:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':', 6) + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  private static String read(Path log) {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
