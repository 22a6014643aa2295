package hudson.security;

public interface AccessControlled {
  default void checkPermission(Permission permission) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  default boolean hasPermission(Permission permission) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
