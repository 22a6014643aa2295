package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildRequest;

/** What a command line asks for. */
sealed interface Invocation {
  /** Print this and be done: help or version. */
  record Print(String text) implements Invocation {}

  record Build(BuildRequest request, LogOptions log) implements Invocation {}
}
