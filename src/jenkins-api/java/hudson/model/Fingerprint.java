package hudson.model;

import java.io.IOException;

public class Fingerprint implements ModelObject, Saveable {
  public void addFor(Run<?, ?> run) throws IOException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public String getDisplayName() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  @Override
  public void save() throws IOException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
