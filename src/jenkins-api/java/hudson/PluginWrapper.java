package hudson;

import java.net.URL;

public class PluginWrapper {
  public final URL baseResourceURL;

  protected PluginWrapper(URL baseResourceUrl) {
    baseResourceURL = baseResourceUrl;
  }

  public String getVersion() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
