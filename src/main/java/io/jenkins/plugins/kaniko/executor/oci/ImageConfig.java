package io.jenkins.plugins.kaniko.executor.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The config of an image: how containers start from it, its layers' diffIDs and its history, as in
 * the image-spec's <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">image
 * configuration</a>. Changes go through {@link #toBuilder}, which keeps every key that this class
 * does not know.
 */
public final class ImageConfig {
  private final ObjectNode json;

  private ImageConfig(ObjectNode json) {
    this.json = json;
  }

  /**
   * Reads a config.
   *
   * @throws IllegalArgumentException if it is not a JSON object, or a diffID is not a digest
   */
  public static ImageConfig parse(byte[] bytes) {
    ImageConfig config = new ImageConfig(Json.parseObject(bytes, "image config"));
    config.diffIds();
    return config;
  }

  /** The config of an image without layers, from which {@code FROM scratch} starts. */
  public static ImageConfig scratch(Platform platform) {
    ObjectNode json = Json.object();
    json.put("architecture", platform.architecture()).put("os", platform.os());
    platform.variant().ifPresent(variant -> json.put("variant", variant));
    json.putObject("config");
    json.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    json.putArray("history");
    return new ImageConfig(json);
  }

  /** The environment in the order of the config; of a name given twice the last value. */
  public Map<String, String> env() {
    Map<String, String> env = new LinkedHashMap<>();
    for (String entry : list("Env").orElse(List.of())) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        env.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return Collections.unmodifiableMap(env);
  }

  public Optional<String> workingDir() {
    return Json.text(container(), "WorkingDir");
  }

  public Optional<String> user() {
    return Json.text(container(), "User");
  }

  public Optional<List<String>> entrypoint() {
    return list("Entrypoint");
  }

  public Optional<List<String>> cmd() {
    return list("Cmd");
  }

  public Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    container()
        .path("Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return Collections.unmodifiableMap(labels);
  }

  /** Ports with their protocol, such as {@code 80/tcp}. */
  public Set<String> exposedPorts() {
    return keys("ExposedPorts");
  }

  public Set<String> volumes() {
    return keys("Volumes");
  }

  /** The shell of the Dockerfile's shell form, where SHELL has set one. */
  public Optional<List<String>> shell() {
    return list("Shell");
  }

  public Optional<String> stopSignal() {
    return Json.text(container(), "StopSignal");
  }

  /** The instructions that a build FROM this image starts with. */
  public List<String> onBuild() {
    return list("OnBuild").orElse(List.of());
  }

  /** The health check as it stands in the config (durations in nanoseconds). */
  public Optional<ObjectNode> healthcheck() {
    return container().path("Healthcheck") instanceof ObjectNode node
        ? Optional.of(node.deepCopy())
        : Optional.empty();
  }

  /** The platform; what the config leaves out is taken to be this machine's. */
  public Platform platform() {
    return new Platform(
        Json.text(json, "os").orElse(Platform.current().os()),
        Json.text(json, "architecture").orElse(Platform.current().architecture()),
        Json.text(json, "variant"));
  }

  public Optional<Instant> created() {
    return instant(json, "created");
  }

  public Optional<String> author() {
    return Json.text(json, "author");
  }

  /** The digests of the uncompressed layers, lowest first. */
  public List<Digest> diffIds() {
    return Json.strings(json.path("rootfs"), "diff_ids").orElse(List.of()).stream()
        .map(Digest::parse)
        .toList();
  }

  public List<History> history() {
    List<History> history = new ArrayList<>();
    json.path("history").forEach(entry -> history.add(History.fromJson(entry)));
    return List.copyOf(history);
  }

  /** The texts under a key beside those of the specification. */
  public List<String> extension(String key) {
    return Json.strings(json, key).orElse(List.of());
  }

  public byte[] toBytes() {
    return Json.toBytes(json);
  }

  /** A copy of the JSON, with every key that was read. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  public Builder toBuilder() {
    return new Builder(json.deepCopy());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageConfig that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json.toString();
  }

  private JsonNode container() {
    return json.path("config");
  }

  private Optional<List<String>> list(String field) {
    return Json.strings(container(), field);
  }

  private Set<String> keys(String field) {
    Set<String> keys = new LinkedHashSet<>();
    container().path(field).fieldNames().forEachRemaining(keys::add);
    return Collections.unmodifiableSet(keys);
  }

  /**
   * Times as Go writes them; one that cannot be read counts as absent, since nothing depends on it.
   */
  static Optional<Instant> instant(JsonNode node, String field) {
    return Json.text(node, field)
        .flatMap(
            text -> {
              try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
              } catch (DateTimeException e) {
                return Optional.empty();
              }
            });
  }

  /** Changes to a config. An empty {@link Optional} removes a key. Not thread-safe. */
  public static final class Builder {
    private final ObjectNode json;

    private Builder(ObjectNode json) {
      this.json = json;
    }

    /** Sets a variable; one that exists keeps its place. */
    public Builder env(String name, String value) {
      ArrayNode env = Json.array(Json.strings(container(), "Env").orElse(List.of()));
      for (int i = 0; i < env.size(); i++) {
        if (env.get(i).textValue().startsWith(name + "=")) {
          env.set(i, name + "=" + value);
          return set("Env", env);
        }
      }
      return set("Env", env.add(name + "=" + value));
    }

    public Builder workingDir(String path) {
      container().put("WorkingDir", path);
      return this;
    }

    public Builder user(String user) {
      container().put("User", user);
      return this;
    }

    public Builder entrypoint(Optional<List<String>> command) {
      return list("Entrypoint", command);
    }

    public Builder cmd(Optional<List<String>> command) {
      return list("Cmd", command);
    }

    public Builder label(String name, String value) {
      object("Labels").put(name, value);
      return this;
    }

    /** Adds a port with its protocol, such as {@code 80/tcp}. */
    public Builder exposedPort(String port) {
      object("ExposedPorts").putObject(port);
      return this;
    }

    public Builder volume(String path) {
      object("Volumes").putObject(path);
      return this;
    }

    public Builder shell(List<String> shell) {
      return list("Shell", Optional.of(shell));
    }

    public Builder stopSignal(String signal) {
      container().put("StopSignal", signal);
      return this;
    }

    public Builder onBuild(List<String> instructions) {
      return list("OnBuild", Optional.of(instructions).filter(list -> !list.isEmpty()));
    }

    public Builder healthcheck(ObjectNode healthcheck) {
      return set("Healthcheck", healthcheck.deepCopy());
    }

    public Builder platform(Platform platform) {
      json.put("os", platform.os()).put("architecture", platform.architecture());
      json.remove("variant");
      platform.variant().ifPresent(variant -> json.put("variant", variant));
      return this;
    }

    public Builder created(Instant created) {
      json.put("created", created.toString());
      return this;
    }

    public Builder author(String author) {
      json.put("author", author);
      return this;
    }

    /** Adds a layer on top, with the history line of the step that made it. */
    public Builder layer(Digest diffId, History step) {
      child(child(json, "rootfs").put("type", "layers"), "diff_ids", Json.array(List.of()))
          .add(diffId.toString());
      return history(step);
    }

    /** Adds a history line; one that is not an empty layer goes with a call of {@link #layer}. */
    public Builder history(History step) {
      child(json, "history", Json.array(List.of())).add(step.toJson());
      return this;
    }

    /** Replaces the layers and the history. */
    public Builder layers(List<Digest> diffIds, List<History> steps) {
      child(json, "rootfs")
          .put("type", "layers")
          .set("diff_ids", Json.array(diffIds.stream().map(Digest::toString).toList()));
      json.putArray("history").addAll(steps.stream().map(History::toJson).toList());
      return this;
    }

    /** Sets texts under a key beside those of the specification; none remove the key. */
    public Builder extension(String key, List<String> texts) {
      json.remove(key);
      if (!texts.isEmpty()) {
        json.set(key, Json.array(texts));
      }
      return this;
    }

    /** Changes the raw JSON, for what has no method of its own. */
    public Builder raw(Consumer<ObjectNode> change) {
      change.accept(json);
      return this;
    }

    public ImageConfig build() {
      return new ImageConfig(json.deepCopy());
    }

    private Builder list(String field, Optional<List<String>> value) {
      if (value.isPresent()) {
        return set(field, Json.array(value.get()));
      }
      container().remove(field);
      return this;
    }

    private Builder set(String field, JsonNode value) {
      container().set(field, value);
      return this;
    }

    private ObjectNode container() {
      return child(json, "config");
    }

    private ObjectNode object(String field) {
      return child(container(), field);
    }

    private static ObjectNode child(ObjectNode parent, String field) {
      return child(parent, field, Json.object());
    }

    /** The child of that name and type; a missing or null one is made. */
    private static <T extends JsonNode> T child(ObjectNode parent, String field, T empty) {
      JsonNode existing = parent.get(field);
      if (existing == null || existing.getNodeType() != empty.getNodeType()) {
        parent.set(field, empty);
        return empty;
      }
      @SuppressWarnings("unchecked") // the node type was just compared
      T found = (T) existing;
      return found;
    }
  }
}
