package hudson.model;

import java.util.List;

public abstract class Actionable extends AbstractModelObject {
  public void addAction(Action action) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public boolean addOrReplaceAction(Action action) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public <T extends Action> T getAction(Class<T> type) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public <T extends Action> List<T> getActions(Class<T> type) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
