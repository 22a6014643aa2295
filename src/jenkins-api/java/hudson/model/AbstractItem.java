package hudson.model;

import hudson.security.AccessControlled;
import hudson.security.Permission;
import java.io.IOException;

public abstract class AbstractItem extends Actionable implements Item, AccessControlled {
  @Override
  public final String getFullName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getDisplayName() {
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
