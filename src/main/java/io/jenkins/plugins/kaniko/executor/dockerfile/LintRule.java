package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Optional;

/** The checks of a Dockerfile: BuildKit's, under its names, and those of this parser. */
public enum LintRule {
  CONSISTENT_INSTRUCTION_CASING(
      "ConsistentInstructionCasing", "all instructions are written in the same case"),
  COPY_IGNORED_FILE("CopyIgnoredFile", "COPY and ADD name no file that .dockerignore excludes"),
  DUPLICATE_STAGE_NAME("DuplicateStageName", "no two stages have the same name"),
  EXPOSE_INVALID_FORMAT(
      "ExposeInvalidFormat", "EXPOSE names ports of the container, not of the host"),
  EXPOSE_PROTO_CASING(
      "ExposeProtoCasing", "the protocol of an exposed port is written in lower case"),
  FROM_AS_CASING("FromAsCasing", "FROM and AS are written in the same case"),
  FROM_PLATFORM_FLAG_CONST_DISALLOWED(
      "FromPlatformFlagConstDisallowed", "FROM --platform takes a variable, not a constant"),
  INVALID_BASE_IMAGE_PLATFORM(
      "InvalidBaseImagePlatform", "a base image is for the platform that is built"),
  INVALID_DEFAULT_ARG_IN_FROM(
      "InvalidDefaultArgInFrom", "the defaults of the global ARGs give FROM a valid image name"),
  INVALID_DEFINITION_DESCRIPTION(
      "InvalidDefinitionDescription",
      "a comment right above FROM or ARG begins with the name of what it describes"),
  JSON_ARGS_RECOMMENDED(
      "JSONArgsRecommended", "CMD and ENTRYPOINT are in JSON form, so that signals arrive"),
  LEGACY_KEY_VALUE_FORMAT("LegacyKeyValueFormat", "ENV and LABEL are written key=value"),
  MAINTAINER_DEPRECATED("MaintainerDeprecated", "a label names the author, not MAINTAINER"),
  MULTIPLE_INSTRUCTIONS_DISALLOWED(
      "MultipleInstructionsDisallowed",
      "a stage has one CMD, one ENTRYPOINT and one HEALTHCHECK, as only the last counts"),
  NO_EMPTY_CONTINUATION(
      "NoEmptyContinuation", "no blank line stands between the lines of an instruction"),
  REDUNDANT_TARGET_PLATFORM(
      "RedundantTargetPlatform", "FROM does not say --platform=$TARGETPLATFORM, the default"),
  RESERVED_STAGE_NAME("ReservedStageName", "no stage is named context or scratch"),
  SECRETS_USED_IN_ARG_OR_ENV(
      "SecretsUsedInArgOrEnv", "ARG and ENV hold no secrets, which would stay in the image"),
  STAGE_NAME_CASING("StageNameCasing", "stage names are written in lower case"),
  TRAILING_JSON_TEXT("TrailingJsonText", "nothing stands behind a JSON array"),
  UNDEFINED_ARG_IN_FROM(
      "UndefinedArgInFrom", "the variables of FROM are declared before the first FROM"),
  UNDEFINED_VAR("UndefinedVar", "variables are declared before they are used"),
  WORKDIR_RELATIVE_PATH(
      "WorkdirRelativePath", "a relative WORKDIR follows an absolute one of the same file");

  private final String ruleName;
  private final String explanation;

  LintRule(String ruleName, String explanation) {
    this.ruleName = ruleName;
    this.explanation = explanation;
  }

  /** The rule that {@code # check=skip=} means, case ignored. */
  public static Optional<LintRule> named(String name) {
    for (LintRule rule : values()) {
      if (rule.ruleName.equalsIgnoreCase(name)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /** The name in warnings and in {@code # check=skip=}. */
  public String ruleName() {
    return ruleName;
  }

  /** What a Dockerfile that passes is like, in one clause. */
  public String explanation() {
    return explanation;
  }

  /** Whether the rule is off unless {@code # check=experimental=} names it. */
  public boolean experimental() {
    return this == INVALID_DEFINITION_DESCRIPTION;
  }
}
