package hudson.model;

public abstract class Computer extends Actionable {
  public Node getNode() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
