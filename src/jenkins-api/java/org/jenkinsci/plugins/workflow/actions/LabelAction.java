package org.jenkinsci.plugins.workflow.actions;

public class LabelAction implements PersistentAction {
  public LabelAction(String displayName) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getIconFileName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getDisplayName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getUrlName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
