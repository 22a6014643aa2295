package io.jenkins.plugins.kaniko.executor.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A container of an image, with the network of this machine. It has a root of its own, which stays
 * from one command to the next.
 */
public final class ImageContainer implements AutoCloseable {
  /** Where an engine mounts files of its own. */
  private static final List<String> OF_THE_ENGINE = List.of("resolv.conf", "hosts", "hostname");

  private static final Set<String> OF_THE_MACHINE = Set.of("/usr", "/etc", "/var", "/opt", "/tmp");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Container like;
  private final Path rootfs;
  private final JsonNode image;
  private final Map<String, Path> volumes = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private String workingDirectory;

  /**
   * @param like what the engine takes away
   * @param unpacked a directory with {@code rootfs} and the image's {@code config.json}
   */
  public ImageContainer(Container like, Path unpacked) throws IOException {
    this.like = like;
    this.rootfs = like.root().resolve("rootfs");
    this.image = JSON.readTree(unpacked.resolve("config.json").toFile()).path("config");
    this.workingDirectory = image.path("WorkingDir").asText("/");
    Files.setAttribute(like.root(), "unix:mode", 0755);
    must("cp", "-a", unpacked.resolve("rootfs").toString(), rootfs.toString());
    image
        .path("Env")
        .forEach(
            variable -> {
              String[] parts = variable.asText().split("=", 2);
              environment.put(parts[0], parts[1]);
            });
    for (String name : OF_THE_ENGINE) {
      Path file = like.root().resolve(name);
      Files.writeString(
          file,
          name.equals("hosts") ? "127.0.0.1\tlocalhost\n" : name.equals("hostname") ? "box\n" : "");
      volumes.put("/etc/" + name, file);
    }
    Path resolver = Path.of("/etc/resolv.conf");
    if (Files.isReadable(resolver)) {
      Files.write(like.root().resolve("resolv.conf"), Files.readAllBytes(resolver));
    }
    if (like.userNamespace()) {
      must("chown", "-R", "-h", "200000:200000", rootfs.toString());
      for (String name : OF_THE_ENGINE) {
        must("chown", "200000:200000", like.root().resolve(name).toString());
      }
    }
  }

  /** {@code --volume}. */
  public ImageContainer volume(Path source, String target) {
    volumes.put(target, source);
    return this;
  }

  /** {@code --env}. */
  public ImageContainer env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** {@code --workdir}. */
  public ImageContainer workdir(String directory) {
    workingDirectory = directory;
    return this;
  }

  /** Where its files lie on this machine. */
  public Path rootfs() {
    return rootfs;
  }

  /** What starts the image's entry point with these arguments. */
  public List<String> run(List<String> arguments) throws IOException {
    List<String> words = new ArrayList<>();
    image.path("Entrypoint").forEach(word -> words.add(word.asText()));
    words.addAll(arguments);
    return command(words);
  }

  /** What starts a command in place of the entry point. */
  public List<String> command(List<String> words) throws IOException {
    Path bundle = Files.createTempDirectory(like.root(), "bundle");
    ObjectNode config = like.configuration(words);
    ((ObjectNode) config.get("root")).put("path", rootfs.toString());
    ObjectNode process = (ObjectNode) config.get("process");
    process.put("cwd", workingDirectory);
    ArrayNode variables = process.putArray("env");
    environment.forEach((name, value) -> variables.add(name + "=" + value));
    Iterator<JsonNode> namespaces = config.path("linux").path("namespaces").iterator();
    while (namespaces.hasNext()) {
      if (namespaces.next().path("type").asText().equals("network")) {
        namespaces.remove();
      }
    }
    ArrayNode mounts = (ArrayNode) config.get("mounts");
    Iterator<JsonNode> each = mounts.iterator();
    while (each.hasNext()) {
      JsonNode mount = each.next();
      if (OF_THE_MACHINE.contains(mount.path("destination").asText())) {
        each.remove();
      } else if (like.userNamespace() && mount.path("type").asText().equals("sysfs")) {
        // Of a network that belongs to another user namespace none can be mounted.
        ((ObjectNode) mount).put("type", "bind").put("source", "/sys");
        ((ObjectNode) mount).putArray("options").add("rbind").add("ro");
      }
    }
    volumes.forEach(
        (target, source) ->
            Container.mount(mounts, target, "bind", source.toString(), "rbind", "rw"));
    JSON.writeValue(bundle.resolve("config.json").toFile(), config);
    return List.of(
        "runc",
        "--root",
        like.root().resolve("state").toString(),
        "run",
        "--bundle",
        bundle.toString(),
        like.root().getFileName() + "-" + bundle.getFileName());
  }

  @Override
  public void close() {
    like.close();
  }

  private static void must(String... words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", words) + ": " + said);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }
}
