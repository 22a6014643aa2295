package hudson.tasks;

import hudson.model.Run;
import java.util.Map;
import jenkins.model.RunAction2;

public class Fingerprinter {
  public static final class FingerprintAction implements RunAction2 {
    public FingerprintAction(Run<?, ?> run, Map<String, String> record) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

    public void add(Map<String, String> record) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

    @Override
    public void onAttached(Run<?, ?> run) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

    @Override
    public void onLoad(Run<?, ?> run) {
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
}
