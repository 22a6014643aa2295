package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Message;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Warning;

/**
 * How much is reported, and in which form.
 *
 * @param threshold what is less severe is left out; a failure never is
 */
record LogOptions(Level threshold, Format format, boolean timestamps) {
  enum Format {
    /** Text, coloured on a terminal. */
    AUTO,
    TEXT,
    COLOR,
    JSON
  }

  boolean shows(BuildEvent event) {
    Level level = Level.INFO;
    if (event instanceof Message message) {
      level = message.level();
    } else if (event instanceof Warning) {
      level = Level.WARN;
    }
    return event instanceof BuildEvent.Failed || level.compareTo(threshold) >= 0;
  }

  boolean debug() {
    return threshold.compareTo(Level.DEBUG) <= 0;
  }
}
