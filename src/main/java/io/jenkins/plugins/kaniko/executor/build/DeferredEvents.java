package io.jenkins.plugins.kaniko.executor.build;

import java.util.ArrayList;
import java.util.List;

/** Holds events back until it is certain that nobody else does the same build once more. */
final class DeferredEvents implements EventSink {
  private final EventSink sink;
  private final List<BuildEvent> held = new ArrayList<>();
  private boolean certain;

  DeferredEvents(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public void emit(BuildEvent event) {
    synchronized (held) {
      if (!certain) {
        held.add(event);
        return;
      }
    }
    sink.emit(event);
  }

  @Override
  public void decided() {
    synchronized (held) {
      if (!certain) {
        held.forEach(sink::emit);
        held.clear();
        certain = true;
      }
    }
  }
}
