package io.jenkins.plugins.kaniko.agent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Unmodifiable copies of kinds that Jenkins lets cross a channel. {@code List.copyOf} is none: its
 * serial form, {@code java.util.CollSer}, is not in Jenkins's list of classes that may.
 */
final class Copies {
  private Copies() {}

  static <T> List<T> of(Collection<? extends T> values) {
    return Collections.unmodifiableList(new ArrayList<>(values));
  }

  static <K, V> Map<K, V> of(Map<? extends K, ? extends V> values) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
