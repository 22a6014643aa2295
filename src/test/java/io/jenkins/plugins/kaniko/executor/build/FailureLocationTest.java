package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileParser;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureLocationTest {

  @Test
  void aFlagIsFoundByItsColumn() {
    assertThat(location("FROM a\nRUN --network=none \\\n  --moutn=x y\n"))
        .isEqualTo(new SourceLocation("Dockerfile", 3, Optional.of(3), List.of("  --moutn=x y")))
        .hasToString("Dockerfile:3:3");
  }

  @Test
  void anInstructionIsFoundByItsLine() {
    assertThat(location("FROM a\nCOPY \\\n  x\n"))
        .isEqualTo(new SourceLocation("Dockerfile", 2, List.of("COPY \\", "  x")))
        .hasToString("Dockerfile:2");
  }

  private static SourceLocation location(String dockerfile) {
    DockerfileException e =
        catchThrowableOfType(
            DockerfileException.class, () -> DockerfileParser.parse("Dockerfile", dockerfile));
    return Failures.dockerfile(e).location().orElseThrow();
  }
}
