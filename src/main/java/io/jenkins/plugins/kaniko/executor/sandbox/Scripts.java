package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The shell scripts beside this class, by name. */
final class Scripts {
  static final String ENTER = load("enter.sh");
  static final String BOX = load("box.sh");
  static final String PREPARE = load("prepare.sh").replace("# Here comes box.sh.\n", BOX);
  static final String CHROOT = load("chroot.sh");
  static final String IN_PLACE = load("in-place.sh");
  static final String RUN = load("run.sh");
  static final String PROBE = load("probe.sh");
  static final String OVERLAY_PROBE = load("overlay-probe.sh");

  private Scripts() {}

  private static String load(String name) {
    try (InputStream in = Scripts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the executor was packaged without " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
