package io.jenkins.plugins.kaniko.executor.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The reference: buildah as root, with a store of its own. */
final class Buildah implements AutoCloseable {
  private final Path directory = Files.createTempDirectory("kaniko-build-buildah");

  Buildah() throws IOException {
    Files.writeString(directory.resolve("auth.json"), "{}");
  }

  Commands.Result build(Path context, String destination, List<String> flags)
      throws IOException, InterruptedException {
    List<String> words = command("build", "--isolation", "chroot", "--network", "host");
    words.addAll(List.of("--format", "docker", "--layers", "--tls-verify=false", "-t", "it"));
    flags.forEach(flag -> words.add(flag.replaceFirst("^--dockerfile=", "--file=")));
    words.add(context.toString());
    Commands.Result built = Commands.run(context, environment(), words);
    if (built.exitCode() != 0) {
      return built;
    }
    return Commands.run(
        context,
        environment(),
        command("push", "--tls-verify=false", "it", "docker://" + destination));
  }

  /** What differs, a line each: paths with both descriptions, and keys of the config. */
  static List<String> differences(FlatImage ours, FlatImage theirs) {
    List<String> lines = new ArrayList<>();
    TreeSet<String> paths = new TreeSet<>(ours.files().keySet());
    paths.addAll(theirs.files().keySet());
    for (String path : paths) {
      String own = describe(ours, path);
      String other = describe(theirs, path);
      if (!own.equals(other)) {
        lines.add("/" + path + ": " + own + " | buildah: " + other);
      }
    }
    TreeSet<String> keys = new TreeSet<>();
    JsonNode own = ours.config().path("config");
    JsonNode other = theirs.config().path("config");
    own.fieldNames().forEachRemaining(keys::add);
    other.fieldNames().forEachRemaining(keys::add);
    for (String key : keys) {
      if (!value(own, key).equals(value(other, key))) {
        lines.add("config." + key + ": " + own.path(key) + " | buildah: " + other.path(key));
      }
    }
    return lines;
  }

  private static String describe(FlatImage image, String path) {
    FlatImage.Node node = image.files().get(path);
    if (node == null) {
      return "absent";
    }
    return node.describe() + (node.group().size() > 1 ? " = " + node.group() : "");
  }

  /** An empty value says the same as none. */
  private static String value(JsonNode config, String key) {
    String text = config.path(key).toString();
    return List.of("null", "\"\"", "{}", "[]", "false").contains(text) ? "" : text;
  }

  private Map<String, String> environment() {
    return Map.of(
        "REGISTRY_AUTH_FILE",
        directory.resolve("auth.json").toString(),
        "TMPDIR",
        directory.toString());
  }

  private List<String> command(String... words) {
    List<String> command = new ArrayList<>();
    command.add("buildah");
    command.addAll(List.of("--root", directory + "/root", "--runroot", directory + "/run"));
    command.addAll(List.of("--storage-driver", "vfs"));
    command.addAll(List.of(words));
    return command;
  }

  @Override
  public void close() {
    TestUsers.delete(directory);
  }
}
