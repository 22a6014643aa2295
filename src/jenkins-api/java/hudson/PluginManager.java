package hudson;

public abstract class PluginManager {
  public PluginWrapper whichPlugin(Class<?> type) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
