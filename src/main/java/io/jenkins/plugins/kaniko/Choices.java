package io.jenkins.plugins.kaniko;

import hudson.model.Item;
import hudson.util.ListBoxModel;
import java.util.List;
import jenkins.model.Jenkins;

/**
 * The values that a form offers for the parameters that know only a few. Who may not see the
 * configuration is shown the value that is there, and nothing else.
 */
final class Choices {
  private Choices() {}

  static ListBoxModel isolation(Item item, String current) {
    return list(
        item,
        current,
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

  static ListBoxModel verbosity(Item item, String current) {
    return list(
        item, current, List.of("trace", "debug", "info", "warn", "error", "fatal", "panic"));
  }

  static ListBoxModel compression(Item item, String current) {
    return list(item, current, List.of("gzip", "zstd"));
  }

  private static ListBoxModel list(Item item, String current, List<String> values) {
    ListBoxModel list = new ListBoxModel();
    list.add(Messages.Choices_default(), "");
    if (maySee(item)) {
      values.forEach(value -> list.add(value, value));
    } else if (Values.isSet(current)) {
      list.add(current, current);
    }
    return list;
  }

  private static boolean maySee(Item item) {
    return item == null
        ? Jenkins.get().hasPermission(Jenkins.SYSTEM_READ)
        : item.hasPermission(Item.EXTENDED_READ);
  }
}
