package org.jenkinsci.plugins.workflow.actions;

import hudson.model.Result;

public class WarningAction implements PersistentAction {
  public WarningAction(Result result) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public WarningAction withMessage(String message) {
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
