package hudson.model;

import hudson.EnvVars;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import java.io.IOException;

public abstract class Run<J extends Job<J, R>, R extends Run<J, R>> extends Actionable
    implements AccessControlled, PersistenceRoot {
  @Override
  public void addAction(Action action) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getDisplayName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public EnvVars getEnvironment(TaskListener listener) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getExternalizableId() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public J getParent() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getUrl() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public synchronized void save() throws IOException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public void checkPermission(Permission permission) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public boolean hasPermission(Permission permission) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
