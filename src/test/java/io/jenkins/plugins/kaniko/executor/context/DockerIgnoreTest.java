package io.jenkins.plugins.kaniko.executor.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerIgnoreTest {
  record Case(String rules, String path, boolean ignored) {}

  static Stream<Case> table() throws IOException {
    try (InputStream in = DockerIgnoreTest.class.getResourceAsStream("/context/dockerignore.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" \\| "))
          .map(cells -> new Case(cells[0], cells[1], cells[2].equals("ignored")));
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void rulesDecideAsTheTableSays(Case row) throws ContextException {
    assertThat(parse(row.rules().split(" ; ")).ignores(row.path())).isEqualTo(row.ignored());
  }

  @Test
  void commentsBlanksAndTheByteOrderMarkAreNotPatterns() throws ContextException {
    DockerIgnore ignore = parse("\uFEFF# comment", "", "   ", "#a", " #b", "\t x \u00a0");

    assertThat(ignore.ignores("a")).isFalse();
    assertThat(ignore.ignores("#b")).isTrue();
    assertThat(ignore.ignores("x")).isTrue();
  }

  @Test
  void theByteOrderMarkDoesNotHideTheFirstPattern() throws ContextException {
    assertThat(parse("\uFEFFx").ignores("x")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[a", "[]", "[]a]", "[a-]", "[-a]", "x\\", "a[\\", "!"})
  void aMalformedPatternIsReportedWithItsLine(String pattern) {
    assertThatThrownBy(() -> parse("ok", pattern))
        .isInstanceOf(ContextException.class)
        .hasMessageContaining(".dockerignore:2: " + pattern);
  }

  @Test
  void theReasonIsTheRuleThatDecided() throws ContextException {
    DockerIgnore ignore = parse("# no tests", "a", "!a/b", "a/b/c", "nothing");

    assertThat(ignore.reason("a/b/c/d").orElseThrow().line()).isEqualTo(4);
    assertThat(ignore.reason("a/x").orElseThrow().line()).isEqualTo(2);
    assertThat(ignore.reason("a/b")).isEmpty();
  }

  @Test
  void aHostilePatternIsDecidedInReasonableTime() throws ContextException {
    DockerIgnore ignore = parse("*a*a*a*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/a/**/b");

    assertThat(ignore.ignores("a".repeat(250))).isFalse();
    assertThat(ignore.ignores("a/".repeat(500) + "c")).isFalse();
  }

  /** Work that grows with the square of any of these numbers does not end within the limit. */
  @Test
  @Timeout(60)
  void theWorkGrowsWithTheNumberOfFilesAndTheLengthOfAPath() throws ContextException {
    DockerIgnore ignore = parse("*.md", "**/target", "!**/keep*", "a/**/b", "*a*b*c*d*");
    DockerIgnore.Scope directory = ignore.scope("dir");
    int ignored = 0;
    for (int i = 0; i < 500_000; i++) {
      ignored += ignore.scope(directory, "dir/target" + (i % 2 == 0 ? "" : i)).ignored() ? 1 : 0;
    }
    assertThat(ignored).isEqualTo(250_000);
    DockerIgnore.Scope deep = ignore.top();
    StringBuilder path = new StringBuilder("x");
    for (int depth = 0; depth < 4_000; depth++) {
      deep = ignore.scope(deep, path.toString());
      path.append("/x");
    }
    assertThat(deep.ignored()).isFalse();
    Glob stars = Glob.forPath("*a".repeat(100) + "**/a".repeat(100));
    assertThat(stars.matches("a".repeat(100_000) + "b")).isFalse();
  }

  @Test
  void aDirectoryIsPrunedOnlyIfNoExceptionCanMatchBelow() throws ContextException {
    Random random = new Random(7);
    int pruned = 0;
    int kept = 0;
    for (int round = 0; round < 60_000; round++) {
      List<String> rules = RandomRules.rules(random);
      DockerIgnore ignore = parse(rules.toArray(String[]::new));
      String path = RandomRules.path(random);
      for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        String directory = path.substring(0, slash);
        if (!ignore.ignores(directory)) {
          continue;
        }
        if (ignore.mayIncludeBelow(directory)) {
          kept++;
        } else {
          pruned++;
          assertThat(ignore.ignores(path)).as("%s of %s", path, rules).isTrue();
        }
      }
    }
    assertThat(pruned).isPositive();
    assertThat(kept).isPositive();
  }

  private static DockerIgnore parse(String... lines) throws ContextException {
    return DockerIgnore.parse(".dockerignore", new ArrayList<>(List.of(lines)));
  }
}
