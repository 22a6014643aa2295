package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepArgumentsTest {
  @Test
  void aMapBecomesLinesInItsOrder() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("VERSION", "1.2");
    map.put("COUNT", 3);
    map.put("FROM_ENVIRONMENT", null);

    assertThat(StepArguments.normalised(Map.of("buildArgs", map)))
        .containsEntry("buildArgs", List.of("VERSION=1.2", "COUNT=3", "FROM_ENVIRONMENT"));
  }

  @Test
  void aListStaysAListAndOneTextBecomesOne() {
    assertThat(StepArguments.normalised(Map.of("labels", List.of("a=b"), "extraArgs", "--force")))
        .containsEntry("labels", List.of("a=b"))
        .containsEntry("extraArgs", List.of("--force"));
  }

  @Test
  void cacheMayBeSwitchedOnOrDescribed() {
    assertThat(StepArguments.normalised(Map.of("cache", true))).containsEntry("cache", true);
    assertThat(
            StepArguments.normalised(
                Map.of("cache", Map.of("repo", "r/c", "ttl", "24h", "copyLayers", true))))
        .containsOnly(
            Map.entry("cache", true),
            Map.entry("cacheRepo", "r/c"),
            Map.entry("cacheTtl", "24h"),
            Map.entry("cacheCopyLayers", true));
  }

  @Test
  void anOptionThatTheCacheDoesNotHaveIsAnError() {
    Map<String, Object> arguments = Map.of("cache", Map.of("repository", "r/c"));

    assertThatThrownBy(() -> StepArguments.normalised(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no option repository");
  }

  @Test
  void aParameterThatTheStepDoesNotHaveIsAnError() {
    assertThatThrownBy(() -> StepArguments.normalised(Map.of("credentialID", "push")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no parameter credentialID");
    assertThat(StepArguments.normalised(Map.of("<anonymous>", "r/app"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"destinations", "buildArgs", "extraArgs", "credentials", "secrets"})
  void anEntryThatIsNullIsAnErrorThatNamesTheParameter(String name) {
    Map<String, Object> arguments = Map.of(name, Arrays.asList(null, "x"));

    assertThatThrownBy(() -> StepArguments.normalised(arguments))
        .hasMessageContaining(name + " of kanikoBuild has an entry that is null");
  }

  @Test
  void anErrorIsPrintedAsItsSentenceAlone() {
    StringWriter printed = new StringWriter();

    assertThatThrownBy(() -> StepArguments.normalised(Map.of("credentialID", "push")))
        .satisfies(thrown -> thrown.printStackTrace(new PrintWriter(printed)));

    assertThat(printed.toString().lines())
        .singleElement()
        .asString()
        .contains("kanikoBuild has no parameter credentialID");
  }

  @Test
  void theShortFormComesBack() {
    Map<String, Object> arguments =
        Map.of("cache", true, "cacheRepo", "r/c", "destination", "r/app");

    assertThat(StepArguments.shortened(arguments))
        .containsOnly(Map.entry("cache", Map.of("repo", "r/c")), Map.entry("destination", "r/app"));
    assertThat(StepArguments.shortened(Map.of("cache", true))).containsEntry("cache", true);
  }

  @Test
  void theLabelNamesTheImage() {
    assertThat(StepArguments.label(Map.of("destination", "r/app:1"))).isEqualTo("r/app:1");
    assertThat(StepArguments.label(Map.of("destinations", List.of("r/a", "r/b"))))
        .isEqualTo("r/a, r/b");
    assertThat(StepArguments.label(Map.of("push", false, "target", "test"))).isEqualTo("test");
    assertThat(StepArguments.label(Map.of("push", false))).isNull();
  }
}
