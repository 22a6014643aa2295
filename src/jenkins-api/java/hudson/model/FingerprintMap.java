package hudson.model;

import java.io.IOException;

public final class FingerprintMap {
  public Fingerprint getOrCreate(Run<?, ?> run, String fileName, String hash) throws IOException {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
