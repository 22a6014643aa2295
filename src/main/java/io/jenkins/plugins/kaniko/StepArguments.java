package io.jenkins.plugins.kaniko;

import java.beans.Introspector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The short forms in which a Pipeline may write the arguments of the step, and back again: a map
 * for lines {@code KEY=VALUE}, one text for a list of one, {@code cache: [repo: ...]}.
 */
final class StepArguments {
  private static final Set<String> PAIRS = Set.of("buildArgs", "labels", "buildContexts");
  private static final Set<String> LISTS = Set.of("destinations", "registryMirrors", "extraArgs");
  private static final Map<String, String> CACHE =
      Map.of("repo", "cacheRepo", "ttl", "cacheTtl", "copyLayers", "cacheCopyLayers");

  /** A single argument without a name, of which Pipeline itself speaks. */
  private static final String UNNAMED = "<anonymous>";

  private static final Set<String> NAMES =
      Arrays.stream(KanikoBuildStep.class.getMethods())
          .filter(method -> method.isAnnotationPresent(DataBoundSetter.class))
          .map(method -> Introspector.decapitalize(method.getName().substring("set".length())))
          .collect(Collectors.toUnmodifiableSet());

  private StepArguments() {}

  /**
   * Arguments as the setters of the step take them. A name that the step does not have is an error,
   * of which Pipeline would only warn: a misspelt credentialsId would be none.
   */
  static Map<String, Object> normalised(Map<String, Object> arguments) {
    for (String name : arguments.keySet()) {
      if (!NAMES.contains(name) && !name.equals(UNNAMED)) {
        throw new ParameterException(Messages.StepArguments_unknown(name));
      }
    }
    Map<String, Object> result = new TreeMap<>();
    arguments.forEach(
        (name, value) -> {
          refuseNothing(name, value);
          if (PAIRS.contains(name)) {
            result.put(name, pairs(value));
          } else if (LISTS.contains(name)) {
            result.put(name, list(value));
          } else if (name.equals("cache") && value instanceof Map<?, ?> options) {
            result.put("cache", true);
            options.forEach((key, option) -> result.put(cacheOption(key), text(option)));
          } else {
            result.put(name, value);
          }
        });
    return result;
  }

  /** The opposite for the cache, whose options a Pipeline writes as one map. */
  static Map<String, Object> shortened(Map<String, ?> arguments) {
    Map<String, Object> result = new TreeMap<>(arguments);
    Map<String, Object> options = new TreeMap<>();
    CACHE.forEach(
        (option, name) -> {
          Object value = result.remove(name);
          if (value != null) {
            options.put(option, value);
          }
        });
    if (Boolean.TRUE.equals(result.get("cache")) && !options.isEmpty()) {
      result.put("cache", options);
    }
    return result;
  }

  /** What the stage view shows beside the name of the step. */
  static String label(Map<String, Object> arguments) {
    List<String> names = new ArrayList<>();
    if (arguments.get("destination") != null) {
      names.add(arguments.get("destination").toString());
    }
    if (arguments.get("destinations") != null) {
      names.addAll(list(arguments.get("destinations")));
    }
    if (names.isEmpty() && arguments.get("target") != null) {
      names.add(arguments.get("target").toString());
    }
    return names.isEmpty() ? null : String.join(", ", names);
  }

  private static String cacheOption(Object key) {
    String name = CACHE.get(String.valueOf(key));
    if (name == null) {
      throw new ParameterException(Messages.StepArguments_cacheOption(key));
    }
    return name;
  }

  /** A variable that is not set must not take a destination or a flag away in silence. */
  private static void refuseNothing(String name, Object value) {
    if (value instanceof Iterable<?> values) {
      for (Object one : values) {
        if (one == null) {
          throw new ParameterException(Messages.StepArguments_nothing(name));
        }
      }
    }
  }

  private static Object text(Object value) {
    return value instanceof Boolean || value == null ? value : value.toString();
  }

  private static List<String> pairs(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> result = new ArrayList<>();
      map.forEach((key, one) -> result.add(one == null ? key.toString() : key + "=" + one));
      return result;
    }
    return list(value);
  }

  private static List<String> list(Object value) {
    List<String> result = new ArrayList<>();
    if (value instanceof Iterable<?> values) {
      values.forEach(one -> result.add(String.valueOf(one)));
    } else if (value != null) {
      result.add(value.toString());
    }
    return result;
  }
}
