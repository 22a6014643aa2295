package hudson.model;

public abstract class Job<J extends Job<J, R>, R extends Run<J, R>> extends AbstractItem {
  public R getLastSuccessfulBuild() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
