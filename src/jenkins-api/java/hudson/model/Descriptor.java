package hudson.model;

import net.sf.json.JSONObject;
import org.kohsuke.stapler.StaplerRequest2;

public abstract class Descriptor<T extends Describable<T>> implements Saveable {
  public final transient Class<? extends T> clazz;

  protected Descriptor() {
    clazz = null;
  }

  protected Descriptor(Class<? extends T> type) {
    clazz = type;
  }

  protected void addHelpFileRedirect(
      String field, Class<? extends Describable> owner, String ownerField) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getConfigPage() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public String getDisplayName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public T newInstance(StaplerRequest2 request, JSONObject json) throws FormException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public synchronized void load() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public synchronized void save() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static final class FormException extends Exception {
    public FormException(String message, String field) {
      super(message);
    }
  }
}
