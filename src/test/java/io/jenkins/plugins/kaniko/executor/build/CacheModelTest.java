package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Whatever is edited, a build with a cache makes what a build without one makes, and takes each
 * step from the cache whose inputs have been seen. {@code -Dcache.edits} and {@code -Dcache.runs}
 * say how many edits, without commands and with them.
 */
class CacheModelTest {
  private static final int TRIES = 10;

  /** So that a suite that fails fails again; other ones by {@code -Dcache.seed}. */
  private static final long SEED = Long.getLong("cache.seed", 0);

  private static final int EDITS = Integer.getInteger("cache.edits", 300) / TRIES;
  private static final String RUNS = System.getProperty("cache.runs", "40");

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, seed = "20")
  void aCachedBuildIsWhatItWouldBeWithoutACache(@ForAll long seed) throws Exception {
    try (CacheModel model = new CacheModel(new Decision(Rung.NONE, List.of()))) {
      model.run(seed ^ SEED, EDITS);
    }
  }

  @Example
  void whatCommandsMakeIsWhatItWouldBeWithoutACache() throws Exception {
    Decision decision = NamespaceLauncher.decide(Isolation.AUTO);
    assertThat(decision.rung()).as(decision.report()).isNotEqualTo(Rung.NONE);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CacheModel.class.getName(),
            Long.toString(SEED),
            RUNS);
    assertThat(NamespaceLauncher.launch(decision, command, Map.of("LC_ALL", "C.UTF-8"))).isZero();
  }
}
