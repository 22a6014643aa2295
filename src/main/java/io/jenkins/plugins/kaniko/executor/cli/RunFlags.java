package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the flags that give something to RUN, as docker buildx spells them. */
final class RunFlags {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([bkmg]?)b?");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Map<String, String> environment;

  RunFlags(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The values of {@code --secret}: {@code id=ID[,src=FILE|,env=NAME][,type=file|env]}. */
  Map<String, Secret> secrets(List<String> values) throws UsageException {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    for (String value : values) {
      Map<String, String> fields = fields("--secret", value);
      String id = fields.get("id");
      if (id == null || id.isEmpty()) {
        throw new UsageException(
            "tried to read flag --secret, but it has no id; write --secret id=ID,src=FILE or"
                + " id=ID,env=NAME");
      }
      secrets.put(id, secret(id, fields));
    }
    return secrets;
  }

  private Secret secret(String id, Map<String, String> fields) throws UsageException {
    String type = fields.getOrDefault("type", "");
    String file = fields.getOrDefault("src", "");
    String variable = fields.getOrDefault("env", "");
    if (!type.isEmpty() && !type.equals("file") && !type.equals("env")) {
      throw new UsageException(
          "tried to read flag --secret of id %s, but its type is neither file nor env"
              .formatted(Printable.line(id)));
    }
    if (type.equals("env") && variable.isEmpty()) {
      variable = file;
      file = "";
    }
    if (!file.isEmpty() && !variable.isEmpty()) {
      throw new UsageException(
          "tried to read flag --secret of id %s, but it has both src and env; give one"
              .formatted(Printable.line(id)));
    }
    if (file.isEmpty() && variable.isEmpty()) {
      // As docker buildx does.
      boolean known = environment.containsKey(id) && !type.equals("file");
      variable = known || type.equals("env") ? id : "";
      file = variable.isEmpty() ? id : "";
    }
    if (!variable.isEmpty()) {
      if (!environment.containsKey(variable)) {
        throw new UsageException(
            "tried to read secret %s, but the environment has no variable %s; set it, or give src=FILE"
                .formatted(Printable.line(id), Printable.line(variable)));
      }
      return new Secret(Secret.Kind.ENVIRONMENT, variable);
    }
    Path path = path("--secret", file);
    if (!Files.isRegularFile(path)) {
      throw new UsageException(
          "tried to read secret %s, but there is no file %s; name one with src=FILE"
              .formatted(Printable.line(id), Printable.line(path.toString())));
    }
    return new Secret(Secret.Kind.FILE, path.toString());
  }

  /** The values of {@code --ssh}: {@code default} or {@code ID[=SOCKET|KEY[,KEY...]]}. */
  Map<String, List<Path>> ssh(List<String> values) throws UsageException {
    Map<String, List<Path>> agents = new LinkedHashMap<>();
    for (String value : values) {
      String[] parts = value.split("=", 2);
      String given = parts.length == 2 ? parts[1] : environment.getOrDefault("SSH_AUTH_SOCK", "");
      if (parts[0].isEmpty() || given.isEmpty()) {
        throw new UsageException(
            "tried to read flag --ssh, but no agent is named and SSH_AUTH_SOCK is not set; write"
                + " --ssh ID=SOCKET or --ssh ID=KEY");
      }
      List<Path> paths = new ArrayList<>();
      for (String name : given.split(",", -1)) {
        Path path = path("--ssh", name);
        if (!Files.exists(path)) {
          throw new UsageException(
              "tried to use --ssh %s, but there is no %s; name a socket or a private key"
                  .formatted(Printable.line(parts[0]), Printable.line(path.toString())));
        }
        paths.add(path);
      }
      agents.put(parts[0], List.copyOf(paths));
    }
    return agents;
  }

  /** The values of {@code --add-host}: {@code NAME:ADDRESS} or {@code NAME=ADDRESS}. */
  List<String> hosts(List<String> values) throws UsageException {
    List<String> lines = new ArrayList<>();
    for (String value : values) {
      String[] parts = value.split("[:=]", 2);
      String address = parts.length == 2 ? parts[1] : "";
      if (address.startsWith("[") && address.endsWith("]")) {
        address = address.substring(1, address.length() - 1);
      }
      if (!HOST_NAME.matcher(parts[0]).matches() || !ADDRESS.matcher(address).matches()) {
        throw new UsageException(
            "tried to read flag --add-host, but %s is not NAME:ADDRESS with a numeric address"
                .formatted(Printable.line(value)));
      }
      lines.add(address + "\t" + parts[0]);
    }
    return lines;
  }

  /** A size such as {@code 64m}. */
  OptionalLong size(String flag, String value) throws UsageException {
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher matcher = SIZE.matcher(value.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new UsageException(
          "tried to read flag %s, but %s is no size; write it like 64m or 1g"
              .formatted(flag, Printable.line(value)));
    }
    int power = Math.max(0, "bkmg".indexOf(matcher.group(2)));
    if (matcher.group(2).isEmpty()) {
      power = 0;
    }
    return OptionalLong.of(Long.parseLong(matcher.group(1)) << (10 * power));
  }

  private static Map<String, String> fields(String flag, String value) throws UsageException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : value.split(",", -1)) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? field : field.substring(0, equals).toLowerCase(Locale.ROOT);
      String name = key.equals("source") ? "src" : key;
      if (equals < 0 || !List.of("id", "src", "env", "type").contains(name)) {
        // What is there may be the secret itself: it is not repeated.
        throw new UsageException(
            "tried to read flag %s, but a part of it is none of id=, src=, env=, type="
                .formatted(flag));
      }
      fields.put(name, field.substring(equals + 1));
    }
    return fields;
  }

  private static Path path(String flag, String value) throws UsageException {
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the path of %s, but the locale cannot spell it; set LC_ALL=C.UTF-8"
              .formatted(flag));
    }
  }
}
