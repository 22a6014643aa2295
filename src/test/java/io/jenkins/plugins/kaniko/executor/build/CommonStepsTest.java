package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dcache.rounds} says how many builds are raced. */
class CommonStepsTest {
  private static final String SEED = System.getProperty("cache.seed", "0");
  private static final String ROUNDS = System.getProperty("cache.rounds", "6");

  @Test
  @Timeout(600)
  void aCommandThatStagesHaveInCommonRunsOnceWhoeverIsFirst() throws Exception {
    Decision decision = NamespaceLauncher.decide(Isolation.AUTO);
    assertThat(decision.rung()).as(decision.report()).isNotEqualTo(Rung.NONE);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CommonSteps.class.getName(),
            SEED,
            ROUNDS);
    assertThat(NamespaceLauncher.launch(decision, command, Map.of("LC_ALL", "C.UTF-8"))).isZero();
  }
}
