package hudson.util;

import java.io.IOException;

public abstract class FormValidation extends IOException {
  public static FormValidation ok() {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static FormValidation ok(String message) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static FormValidation error(String message) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static FormValidation warning(String message) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
