package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.BuildResult;
import io.jenkins.plugins.kaniko.executor.build.BuiltInsideException;
import io.jenkins.plugins.kaniko.executor.build.EventSink;

/** What builds the image. */
@FunctionalInterface
interface BuildFunction {
  BuildResult build(BuildRequest request, EventSink events)
      throws BuildException, InterruptedException, BuiltInsideException;
}
