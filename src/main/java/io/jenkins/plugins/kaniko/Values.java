package io.jenkins.plugins.kaniko;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** How values of forms, Pipelines and configuration files are put into one shape. */
final class Values {
  private Values() {}

  /** The text without blanks around it, or null if nothing is left. */
  static String trimmed(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  static boolean isSet(String text) {
    return text != null && !text.isEmpty();
  }

  /**
   * A list of its own, of a kind that every serialisation of Jenkins knows, without empty texts.
   */
  static List<String> list(Collection<String> texts) {
    List<String> result = new ArrayList<>();
    if (texts != null) {
      texts.stream().filter(text -> text != null && !text.isBlank()).forEach(result::add);
    }
    return result;
  }

  static <T> List<T> copy(Collection<T> values) {
    return values == null ? new ArrayList<>() : new ArrayList<>(values);
  }

  /** The lines of a text area, without blanks around them and without empty ones. */
  static List<String> lines(String text) {
    return text == null
        ? List.of()
        : text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
