package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.CachePlaces;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code --cache-from} and {@code --cache-to}, in BuildKit's words. */
final class CachePlaceFlags {
  private static final String FROM = "--cache-from";
  private static final String TO = "--cache-to";
  private static final Map<String, String> INLINE = Map.of("type", "inline");

  private CachePlaceFlags() {}

  static List<OptionSpec> options() {
    return List.of(
        Flags.many(
            "PLACE",
            "Cache to read, too: a repository or image, type=registry,ref=REPOSITORY or type=local,src=DIR;"
                + " repeatable",
            FROM),
        Flags.many(
            "PLACE",
            "Cache to write, too: type=registry,ref=REPOSITORY[,mode=max],"
                + " type=local,dest=DIR[,mode=max] or type=inline; repeatable",
            TO));
  }

  /** What the flags say. */
  static CachePlaces places(ParseResult flags) throws UsageException {
    boolean inImage = false;
    List<String> from = new ArrayList<>();
    for (String value : flags.matchedOptionValue(FROM, List.<String>of())) {
      from.add(place(FROM, value, "src", fields(FROM, value)));
    }
    List<String> to = new ArrayList<>();
    boolean min = true;
    for (String value : flags.matchedOptionValue(TO, List.<String>of())) {
      Map<String, String> fields = fields(TO, value);
      String mode = fields.getOrDefault("mode", "min");
      if (!List.of("min", "max").contains(mode)) {
        throw unusable(TO, value, "its mode is neither min nor max");
      }
      fields.remove("mode");
      if (fields.equals(INLINE)) {
        if (!mode.equals("min")) {
          throw unusable(TO, value, "an image has its own layers only; leave mode= out");
        }
        inImage = true;
        continue;
      }
      min = min && mode.equals("min");
      to.add(place(TO, value, "dest", fields));
    }
    return new CachePlaces(from, to, min && !to.isEmpty(), inImage);
  }

  private static Map<String, String> fields(String flag, String value) throws UsageException {
    Map<String, String> fields = new LinkedHashMap<>();
    if (!value.contains("=")) {
      fields.put("type", "registry");
      fields.put("ref", value);
      return fields;
    }
    for (String field : value.split(",", -1)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw unusable(flag, value, "a part of it is not KEY=VALUE");
      }
      fields.put(field.substring(0, equals), field.substring(equals + 1));
    }
    return fields;
  }

  private static String place(
      String flag, String value, String directory, Map<String, String> fields)
      throws UsageException {
    String type = fields.remove("type");
    if (!"registry".equals(type) && !"local".equals(type)) {
      throw unusable(
          flag,
          value,
          "it has no type that is supported; use type=registry or type=local"
              + (flag.equals(TO) ? ", or type=inline alone" : ""));
    }
    String key = type.equals("registry") ? "ref" : directory;
    String place = fields.remove(key);
    if (place == null || place.isEmpty()) {
      throw unusable(flag, value, "there is no " + key + "=");
    }
    if (!fields.isEmpty()) {
      throw unusable(
          flag, value, fields.keySet().iterator().next() + "= means nothing here; leave it out");
    }
    return type.equals("registry") ? place : "oci:" + place;
  }

  private static UsageException unusable(String flag, String value, String reason) {
    return new UsageException(
        "tried to read flag %s %s, but %s".formatted(flag, Printable.line(value), reason));
  }
}
