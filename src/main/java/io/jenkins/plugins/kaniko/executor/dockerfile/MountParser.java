package io.jenkins.plugins.kaniko.executor.dockerfile;

import io.jenkins.plugins.kaniko.executor.dockerfile.Mount.Sharing;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the options of {@code RUN --mount}: first with variables in them, then expanded. */
final class MountParser {

  /** Every spelling of an option and its usual name. */
  static final Map<String, String> OPTIONS = options();

  private static final Set<String> FLAGS = Set.of("readonly", "readwrite", "required");
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,20}(?:\\.\\d{1,20})?) ?([kmgtp]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
  private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

  private final String text;
  private final boolean expanded;
  private final Map<String, String> values = new LinkedHashMap<>();

  /** Expands one value. */
  interface WordExpander {
    String expand(String word) throws DockerfileException;
  }

  private MountParser(String text, boolean expanded) {
    this.text = text;
    this.expanded = expanded;
  }

  private static Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    for (String name :
        List.of(
            "type",
            "from",
            "source",
            "target",
            "id",
            "env",
            "readonly",
            "readwrite",
            "required",
            "sharing",
            "size",
            "mode",
            "uid",
            "gid")) {
      options.put(name, name);
    }
    options.put("src", "source");
    options.put("dst", "target");
    options.put("destination", "target");
    options.put("ro", "readonly");
    options.put("rw", "readwrite");
    return options;
  }

  /** Reads a mount as the Dockerfile has it; what contains variables is checked later. */
  static Mount parse(String text) throws DockerfileException {
    MountParser parser = new MountParser(text, false);
    parser.read(word -> word);
    return parser.mount();
  }

  /** Reads a mount again with its values expanded. */
  static Mount expand(Mount mount, WordExpander expander) throws DockerfileException {
    MountParser parser = new MountParser(mount.text(), true);
    parser.read(expander);
    return parser.mount();
  }

  private void read(WordExpander expander) throws DockerfileException {
    for (String field : Csv.fields(text)) {
      int equals = field.indexOf('=');
      String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
      String option = OPTIONS.get(key);
      if (option == null) {
        throw error("unknown option \"" + key + "\"")
            .suggesting(Suggestions.nearest(key, OPTIONS.keySet()));
      }
      if (equals < 0 && !FLAGS.contains(option)) {
        throw error("option " + key + " needs a value: " + key + "=<value>");
      }
      String value = equals < 0 ? "true" : field.substring(equals + 1);
      if (option.equals("from")) {
        if (value.matches("(?s).*\\$..*")) {
          throw error(
              "from="
                  + value
                  + " does not expand variables; give the image a stage name with FROM, and use"
                  + " that");
        }
      } else {
        value = expander.expand(value);
      }
      put(option, value);
    }
  }

  private void put(String option, String value) {
    if (option.equals("readonly")) {
      values.remove("readwrite");
    } else if (option.equals("readwrite")) {
      values.remove("readonly");
    }
    values.put(option, value);
  }

  private Mount mount() throws DockerfileException {
    Mount.Type type = choice("type", Mount.Type.class, Mount.Type.BIND);
    boolean writable = type == Mount.Type.CACHE || type == Mount.Type.TMPFS;
    Mount mount =
        new Mount(
            type,
            string("from"),
            string("source"),
            string("target"),
            string("id"),
            string("env"),
            values.containsKey("readonly")
                ? bool("readonly", !writable)
                : !bool("readwrite", writable),
            bool("required", false),
            choice("sharing", Sharing.class, Sharing.SHARED),
            size(),
            number("mode", 8),
            number("uid", 10),
            number("gid", 10),
            text);
    if (!values.containsKey("type") || settled("type").isPresent()) {
      check(mount);
    }
    return mount;
  }

  private void check(Mount mount) throws DockerfileException {
    Mount.Type type = mount.type();
    Set<String> allowed = allowed(type);
    for (String option : values.keySet()) {
      if (!allowed.contains(option)) {
        throw error(
            "option " + option + " is not for type=" + type.name().toLowerCase(Locale.ROOT));
      }
    }
    boolean secret = type == Mount.Type.SECRET;
    if (secret && mount.source().isPresent() && mount.id().isPresent()) {
      throw error("a secret has both source and id; give the id alone");
    }
    if (secret && mount.source().isEmpty() && mount.id().isEmpty() && mount.target().isEmpty()) {
      throw error("a secret needs an id or a target");
    }
    if (!secret && type != Mount.Type.SSH && mount.target().isEmpty()) {
      throw error("option target is missing; say where it appears with target=<path>");
    }
  }

  static Set<String> allowed(Mount.Type type) {
    List<String> all = new ArrayList<>(List.of("type", "target", "readonly", "readwrite"));
    all.addAll(
        switch (type) {
          case BIND -> List.of("from", "source", "id");
          case CACHE -> List.of("from", "source", "id", "sharing", "mode", "uid", "gid");
          case TMPFS -> List.of("size", "id");
          case SECRET -> List.of("source", "id", "env", "required", "mode", "uid", "gid");
          case SSH -> List.of("source", "id", "required", "mode", "uid", "gid");
        });
    return Set.copyOf(all);
  }

  private Optional<String> string(String option) {
    return Optional.ofNullable(values.get(option)).filter(value -> !value.isEmpty());
  }

  /** The value of an option that is no free text, unless it still contains a variable. */
  private Optional<String> settled(String option) {
    return Optional.ofNullable(values.get(option))
        .filter(value -> expanded || !value.contains("$"));
  }

  private <E extends Enum<E>> E choice(String option, Class<E> type, E standard)
      throws DockerfileException {
    Optional<String> value = settled(option);
    if (value.isEmpty()) {
      return standard;
    }
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(value.get())) {
        return constant;
      }
      names.add(name);
    }
    throw error(option + "=" + value.get() + " is none of " + String.join(", ", names))
        .suggesting(Suggestions.nearest(value.get(), names));
  }

  private boolean bool(String option, boolean standard) throws DockerfileException {
    Optional<String> value = settled(option);
    if (value.isEmpty()) {
      return standard;
    }
    if (!TRUE.contains(value.get()) && !FALSE.contains(value.get())) {
      throw error(option + "=" + value.get() + " must be true or false");
    }
    return TRUE.contains(value.get());
  }

  private OptionalInt number(String option, int radix) throws DockerfileException {
    Optional<String> value = settled(option);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    String digits = radix == 8 ? "[0-7]{1,10}" : "[0-9]{1,10}";
    long number = value.get().matches(digits) ? Long.parseLong(value.get(), radix) : -1;
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw error(
          option + "=" + value.get() + " is no " + (radix == 8 ? "octal mode such as 0700" : "id"));
    }
    return OptionalInt.of((int) number);
  }

  private OptionalLong size() throws DockerfileException {
    Optional<String> value = settled("size");
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher matcher = SIZE.matcher(value.get());
    if (!matcher.matches()) {
      throw error("size=" + value.get() + " is no size; write it like 64m or 1g");
    }
    String unit = matcher.group(2).toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : "kmgtp".indexOf(unit) + 1;
    BigDecimal bytes =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw error("size=" + value.get() + " is too large");
    }
    return OptionalLong.of(bytes.longValue());
  }

  private DockerfileException error(String detail) {
    return new DockerfileException("--mount=" + text + ": " + detail);
  }
}
