package hudson;

import hudson.util.Secret;

public final class ProxyConfiguration {
  public String getName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public int getPort() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getUserName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public Secret getSecretPassword() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getNoProxyHost() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
