package io.jenkins.plugins.kaniko.executor.build;

/** Hands events on, and remembers whether a layer was fetched. */
final class PullWatch implements EventSink {
  private final EventSink events;
  private volatile boolean pulled;

  PullWatch(EventSink events) {
    this.events = events;
  }

  @Override
  public void emit(BuildEvent event) {
    if (event instanceof BuildEvent.TransferFinished transfer
        && transfer.direction() == BuildEvent.Direction.PULL) {
      pulled = true;
    }
    events.emit(event);
  }

  @Override
  public void decided() {
    events.decided();
  }

  boolean hasPulled() {
    return pulled;
  }
}
