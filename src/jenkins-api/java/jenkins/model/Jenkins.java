package jenkins.model;

import hudson.PluginManager;
import hudson.ProxyConfiguration;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.FingerprintMap;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import java.io.IOException;

public class Jenkins implements ItemGroup<Item>, AccessControlled {
  public static final Permission ADMINISTER = null;
  public static final Permission SYSTEM_READ = null;

  public static Jenkins get() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public Descriptor getDescriptorOrDie(Class<? extends Describable> type) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getDisplayName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public FingerprintMap getFingerprintMap() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public PluginManager getPluginManager() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public ProxyConfiguration getProxy() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public synchronized void save() throws IOException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
