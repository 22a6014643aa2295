package io.jenkins.plugins.kaniko.executor.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** The ignore matcher against the oracle. The alphabet is tiny, so that rules and paths meet. */
class IgnorePropertyTest {
  private static final List<String> NAMES = List.of("a", "b", "ab", "ba", "aab", "c.x", "-");
  private static final List<String> PARTS =
      List.of(
          "a", "b", "ab", "*", "**", "?", "*.x", "[ab]", "[^a]", "b*", "a**", "**b", "a**b", "**.x",
          "a*b", "*a*b", "[a-b]?", "\\a", "\\*", "***", "**b*");

  @Provide
  Arbitrary<List<String>> rules() {
    Arbitrary<String> pattern =
        Arbitraries.of(PARTS).list().ofMinSize(1).ofMaxSize(4).map(p -> String.join("/", p));
    Arbitrary<String> rule =
        Combinators.combine(Arbitraries.of("", "", "!"), pattern).as(String::concat);
    return rule.list().ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(NAMES).list().ofMinSize(1).ofMaxSize(5).map(p -> String.join("/", p));
  }

  @Property(tries = 60_000, seed = "20260104")
  void rulesDecideAsTheOracleDoes(@ForAll("rules") List<String> rules, @ForAll("paths") String path)
      throws ContextException {
    boolean ignored = new IgnoreOracle(rules).ignores(path);
    Statistics.collect(ignored);
    Statistics.coverage(
        share -> {
          share.check(true).percentage(is -> is > 20);
          share.check(false).percentage(is -> is > 20);
        });
    assertThat(DockerIgnore.parse("I", rules).ignores(path)).isEqualTo(ignored);
  }
}
