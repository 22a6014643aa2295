package io.jenkins.plugins.kaniko.executor.build;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dcache.rounds} says how many builds are raced. */
@Timeout(600)
class CommonStepsTest {
  @Test
  void whatStagesHaveInCommonIsMadeOnceWhoeverIsFirst() throws Exception {
    CommandBuilds.inside(
        CommonSteps.class,
        System.getProperty("cache.seed", "0"),
        System.getProperty("cache.rounds", "5"));
  }

  @Test
  void aStepIsMadeAgainWhenItsInputsHaveChangedAndOnlyThen() throws Exception {
    CommandBuilds.inside(StepInputs.class);
  }
}
