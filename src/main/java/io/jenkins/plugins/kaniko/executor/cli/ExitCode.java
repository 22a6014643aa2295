package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;

/** What the process says to who started it. */
public enum ExitCode {
  OK(0, "built, and pushed where that was asked for"),
  BUILD_FAILED(1, "the build failed: the Dockerfile or one of its commands"),
  USAGE(2, "the arguments cannot be used"),
  REGISTRY(3, "a registry or its credentials"),
  ENVIRONMENT(4, "the environment: sandbox, disk, permissions"),
  INTERRUPTED(130, "interrupted (SIGINT)"),
  TERMINATED(143, "terminated (SIGTERM)");

  private final int value;
  private final String meaning;

  ExitCode(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  public int value() {
    return value;
  }

  String meaning() {
    return meaning;
  }

  static ExitCode of(BuildException.Category category) {
    return switch (category) {
      case DOCKERFILE_OR_COMMAND -> BUILD_FAILED;
      case USAGE -> USAGE;
      case REGISTRY -> REGISTRY;
      case ENVIRONMENT -> ENVIRONMENT;
    };
  }
}
