package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferFinished;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import io.jenkins.plugins.kaniko.executor.build.EventSink;
import java.io.PrintStream;
import java.time.Duration;

/** Events as JSON, one object a line, as {@code docs/events.md} documents them. */
final class JsonReporter implements EventSink {
  private final PrintStream out;
  private final LogOptions options;
  private final TransferThrottle throttle = new TransferThrottle(Duration.ofSeconds(1));

  JsonReporter(PrintStream out, LogOptions options) {
    this.out = out;
    this.options = options;
  }

  @Override
  public synchronized void emit(BuildEvent event) {
    boolean shown = options.shows(event);
    if (event instanceof TransferProgress progress) {
      shown = shown && throttle.admits(progress);
    } else if (event instanceof TransferFinished finished) {
      throttle.finish(finished);
    }
    if (shown) {
      out.print(RecordJson.event(event) + "\n");
      out.flush();
    }
  }
}
