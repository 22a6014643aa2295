package io.jenkins.plugins.kaniko;

import hudson.util.ListBoxModel;
import java.util.List;

/** The values that a form offers for the parameters that know only a few. */
final class Choices {
  private Choices() {}

  static ListBoxModel isolation() {
    return list(
        List.of(
            "auto",
            "namespaces",
            "userns",
            "userns-full",
            "userns-one",
            "shared-proc",
            "chroot",
            "none"));
  }

  static ListBoxModel verbosity() {
    return list(List.of("trace", "debug", "info", "warn", "error", "fatal", "panic"));
  }

  static ListBoxModel compression() {
    return list(List.of("gzip", "zstd"));
  }

  private static ListBoxModel list(List<String> values) {
    ListBoxModel list = new ListBoxModel();
    list.add(Messages.Choices_default(), "");
    values.forEach(value -> list.add(value, value));
    return list;
  }
}
