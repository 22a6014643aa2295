package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The variables that an expansion sees: ARG and ENV values by name. */
@FunctionalInterface
public interface Variables {

  /** The value of a variable; empty when it is not set, which differs from set to nothing. */
  Optional<String> get(String name);

  /** As {@link #get}, where the text itself says what counts without a value: {@code ${v:-x}}. */
  default Optional<String> getOrAlternative(String name) {
    return get(name);
  }

  /** Variables in front of others. */
  static Variables overlay(Map<String, String> values, Variables below) {
    return new Variables() {
      @Override
      public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).or(() -> below.get(name));
      }

      @Override
      public Optional<String> getOrAlternative(String name) {
        return Optional.ofNullable(values.get(name)).or(() -> below.getOrAlternative(name));
      }
    };
  }

  /** The same variables, telling every name that is asked for, set or not: for cache keys. */
  static Variables recording(Variables variables, Consumer<String> asked) {
    return name -> {
      asked.accept(name);
      return variables.get(name);
    };
  }

  /** Variables from a map without null values. */
  static Variables of(Map<String, String> values) {
    return name -> Optional.ofNullable(values.get(name));
  }
}
