package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutlineTest {

  private static final Dockerfile FULL = parse(Cases.text("outlines/full/Dockerfile"));

  @Test
  void everyStageIsATarget() {
    assertThat(Outline.targets(FULL))
        .containsExactly(
            new Outline.Target(
                "tools",
                Optional.of("compiles them"),
                "${REGISTRY}/gcc:1",
                Optional.empty(),
                false,
                range(8)),
            new Outline.Target(
                "other", Optional.empty(), "tools", Optional.empty(), false, range(14)),
            new Outline.Target(
                "final",
                Optional.of("has it all"),
                "image:${TAG}",
                Optional.of("linux/arm64"),
                false,
                range(19)),
            new Outline.Target("3", Optional.empty(), "final", Optional.empty(), true, range(25)));
  }

  @Test
  void theOutlineOfATargetHasTheArgumentsOfTheStagesThatItNeeds() throws Exception {
    Outline outline = Outline.of(FULL, FULL.findStage("3").orElseThrow(), Map.of("GIVEN", "yes"));
    assertThat(outline.target().name()).isEqualTo("3");
    assertThat(lines(outline.args()))
        .containsExactly(
            "REGISTRY=registry.example # where images come from @2",
            "TAG=registry.example-1 @2",
            "SHARED=s @5",
            "CFLAGS=-O2  # for the compiler @10",
            "GIVEN=yes @21",
            "WHERE=/run/yes @21");
    assertThat(outline.secrets())
        .containsExactly(
            new Outline.Needed("token", true, range(22)),
            new Outline.Needed("key", false, range(22)));
    assertThat(outline.ssh())
        .containsExactly(
            new Outline.Needed("default", false, range(23)),
            new Outline.Needed("git", true, range(23)));
    assertThat(outline.caches())
        .containsExactly(
            new Outline.Cache("/cache/amd64", range(12)), new Outline.Cache("s", range(12)));
  }

  @Test
  void whatOtherStagesNeedIsLeftOut() throws Exception {
    Outline outline =
        Outline.of(
            FULL, FULL.findStage("tools").orElseThrow(), Map.of("SHARED", "t", "UNUSED", "y"));
    assertThat(lines(outline.args()))
        .containsExactly(
            "REGISTRY=registry.example # where images come from @2",
            "SHARED=t @5",
            "CFLAGS=-O2  # for the compiler @10");
    assertThat(outline.secrets()).isEmpty();
    assertThat(outline.ssh()).isEmpty();
  }

  @Test
  void anArgumentWithoutAValueHasNone() throws Exception {
    Dockerfile file = parse("ARG a\nFROM scratch\nARG a b\n");
    Outline outline = Outline.of(file, file.stages().get(0), Map.of());
    assertThat(lines(outline.args())).containsExactly("a @3", "b @3");
  }

  @Test
  void aMissingArgumentIsAnError() {
    Dockerfile file = parse("ARG a=\"${b:?give b}\"\nFROM scratch\n");
    assertThatThrownBy(() -> Outline.of(file, file.stages().get(0), Map.of()))
        .hasMessage("Dockerfile:1: b: give b");
  }

  @Test
  void stagesThatNeedEachOtherEndToo() throws Exception {
    Dockerfile file = parse("FROM a AS b\nCOPY --from=c / /\nFROM b AS c\nARG d=1\n");
    Outline outline = Outline.of(file, file.stages().get(1), Map.of());
    assertThat(lines(outline.args())).containsExactly("d=1 @4");
  }

  @Test
  void theNameOfAnArgumentHasNoQuotes() throws Exception {
    Dockerfile file = parse("ARG \"g\"=1\nFROM a\nARG g 'd'=2\nENV e=$g$d\n");
    assertThat(file.warnings()).isEmpty();
    Outline outline = Outline.of(file, file.stages().get(0), Map.of("d", "3"));
    assertThat(lines(outline.args())).containsExactly("g=1 @1", "d=3 @3");
  }

  private static List<String> lines(List<Outline.Argument> args) {
    List<String> lines = new ArrayList<>();
    for (Outline.Argument arg : args) {
      lines.add(
          arg.name()
              + arg.value().map(value -> "=" + value).orElse("")
              + arg.description().map(text -> " # " + text).orElse("")
              + " @"
              + arg.range().startLine());
    }
    return lines;
  }

  private static SourceRange range(int line) {
    return new SourceRange("Dockerfile", line, line);
  }

  private static Dockerfile parse(String text) {
    try {
      return DockerfileParser.parse("Dockerfile", text);
    } catch (DockerfileException e) {
      throw new AssertionError(e);
    }
  }
}
