package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LintTest {

  @Test
  void aWarningSaysWhatToDo() throws Exception {
    Dockerfile file =
        DockerfileParser.parse(
            "D", "ARG V=x\nFROM a:$VV\nFROM $V:\nFROM scratch\nENV abcd=1\nENV y=$abdc\n");
    assertThat(file.warnings())
        .extracting(Warning::message)
        .containsExactly(
            "the argument VV is not declared before the first FROM; did you mean V?",
            "with the defaults of its arguments, a:$VV is no image name: a:",
            "with the defaults of its arguments, $V: is no image name: x:",
            "the variable $abdc is not defined; did you mean abcd?");
  }

  @Test
  void theVariablesOfABaseImageAreKnownToTheBuildOnly() throws Exception {
    Dockerfile file =
        DockerfileParser.parse(
            "D", "FROM image\nENV a=1\nWORKDIR $a/$b/$PATH/$c\nFROM scratch\nWORKDIR /$d\n");
    Lint lint = Lint.of(file);
    assertThat(file.warnings()).extracting(Warning::rule).containsExactly("UndefinedVar");
    assertThat(lint.undefinedVariables(file.stages().get(0), Set.of("b")))
        .extracting(Warning::message)
        .containsExactly("the variable $c is not defined");
    assertThat(lint.undefinedVariables(file.stages().get(0), Set.of("b", "c"))).isEmpty();
    assertThat(lint.undefinedVariables(file.stages().get(1), Set.of())).isEmpty();
  }

  @Test
  void theChecksThatNeedTheBuildAreRaisedUnlessSkipped() throws Exception {
    Dockerfile file = DockerfileParser.parse("D", "FROM image\nCOPY a /\n");
    Stage stage = file.stages().get(0);
    CopyInstruction copy = (CopyInstruction) stage.instructions().get(0);
    Lint lint = Lint.of(file);
    assertThat(lint.baseImagePlatform(stage, "linux/arm64", "linux/amd64"))
        .contains(
            new Warning(
                LintRule.INVALID_BASE_IMAGE_PLATFORM,
                "the base image image is for linux/amd64, but linux/arm64 was expected",
                new SourceRange("D", 1, 1)));
    assertThat(lint.baseImagePlatform(stage, "linux/arm64", "linux/arm64")).isEmpty();
    assertThat(lint.copyIgnoredFile(copy, "a"))
        .contains(
            new Warning(
                LintRule.COPY_IGNORED_FILE,
                "COPY names a, which .dockerignore excludes",
                new SourceRange("D", 2, 2)));
    Lint quiet = Lint.of(DockerfileParser.parse("D", "# check=skip=all\nFROM image\nCOPY $x /\n"));
    assertThat(quiet.baseImagePlatform(stage, "linux/arm64", "linux/amd64")).isEmpty();
    assertThat(quiet.copyIgnoredFile(copy, "a")).isEmpty();
    assertThat(quiet.undefinedVariables(stage, Set.of())).isEmpty();
  }

  @Test
  void warningsAreErrorsWhereTheDirectiveSaysSo() throws Exception {
    Dockerfile file =
        DockerfileParser.parse(
            "D", "# check=error=true;skip=FromAsCasing\nFROM a as B\nMAINTAINER me\nCMD x\n");
    assertThatThrownBy(() -> Lint.of(file).enforce(List.of()))
        .isInstanceOfSatisfying(
            DockerfileException.class,
            e ->
                assertThat(e)
                    .hasMessage(
                        "D:2: the check StageNameCasing failed: stage name B should be in lower"
                            + " case, and there are 2 more; \"# check=error=true\" makes this an"
                            + " error"))
        .satisfies(
            e -> assertThat(((DockerfileException) e).lines()).containsExactly("FROM a as B"));
  }

  @Test
  void aWarningOfTheBuildIsAnErrorToo() throws Exception {
    Dockerfile file = DockerfileParser.parse("D", "# check=error=true\nFROM a\nCOPY b /\n");
    Lint lint = Lint.of(file);
    assertThatCode(() -> lint.enforce(List.of())).doesNotThrowAnyException();
    CopyInstruction copy = (CopyInstruction) file.stages().get(0).instructions().get(0);
    Warning warning = lint.copyIgnoredFile(copy, "b").orElseThrow();
    assertThatThrownBy(() -> lint.enforce(List.of(warning)))
        .hasMessage(
            "D:3: the check CopyIgnoredFile failed: COPY names b, which .dockerignore excludes;"
                + " \"# check=error=true\" makes this an error");
  }

  @Test
  void warningsAreNoErrorsOtherwise() throws Exception {
    for (String directive : List.of("", "# check=error=false\n", "# check=error=true;skip=all\n")) {
      Dockerfile file = DockerfileParser.parse("D", directive + "FROM a AS B\nCMD x\n");
      assertThatCode(() -> Lint.of(file).enforce(List.of())).doesNotThrowAnyException();
    }
  }

  @Test
  void everyRuleHasANameOfItsOwn() {
    for (LintRule rule : LintRule.values()) {
      assertThat(LintRule.named(rule.ruleName().toUpperCase(java.util.Locale.ROOT))).contains(rule);
      assertThat(rule.name().replace("_", "")).isEqualToIgnoringCase(rule.ruleName());
    }
    assertThat(LintRule.named("NoSuchRule")).isEmpty();
  }
}
