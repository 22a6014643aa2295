package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.Call;

/** What a command line asks for. */
sealed interface Invocation {
  /** Print this and be done: help or version. */
  record Print(String text) implements Invocation {}

  record Build(BuildRequest request, LogOptions log) implements Invocation {}

  /** Answer a question about the Dockerfile of a request. */
  record Question(BuildRequest request, Call call) implements Invocation {}
}
