package hudson.model;

import hudson.security.AccessControlled;
import hudson.security.Permission;

public interface Item extends PersistenceRoot, AccessControlled, ModelObject {
  Permission EXTENDED_READ = null;
  Permission CONFIGURE = null;

  String getFullName();
}
