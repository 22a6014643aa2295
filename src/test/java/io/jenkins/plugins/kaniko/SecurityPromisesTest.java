package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each numbered promise of docs/security.md has tests that are tagged with its number. */
class SecurityPromisesTest {
  private static final Pattern PROMISE = Pattern.compile("(?m)^\\*\\*(S[0-9]+)\\.");
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"(S[0-9]+)\"\\)");

  @Test
  void everyPromiseHasATestAndEveryTagAPromise() throws IOException {
    Set<String> promised = found(PROMISE, Path.of("docs/security.md"));
    Set<String> tested = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
      List<Path> files = sources.filter(path -> path.toString().endsWith(".java")).toList();
      for (Path file : files) {
        tested.addAll(found(TAG, file));
      }
    }
    assertThat(promised).hasSizeGreaterThan(25).isEqualTo(tested);
  }

  private static Set<String> found(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
