package io.jenkins.plugins.kaniko.executor.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The manifest of one image: its config and its layers, lowest first. Implements the image-spec's
 * <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">manifest</a> and
 * Docker's schema 2.
 */
public final class Manifest {
  private final byte[] bytes;
  private final String mediaType;
  private final Descriptor config;
  private final List<Descriptor> layers;
  private final ObjectNode json;

  private Manifest(byte[] bytes, ObjectNode json) {
    this.bytes = bytes;
    this.json = json;
    this.mediaType = mediaTypeOf(json);
    this.config = Descriptor.fromJson(json.path("config"));
    List<Descriptor> read = new ArrayList<>();
    json.path("layers").forEach(layer -> read.add(Descriptor.fromJson(layer)));
    this.layers = List.copyOf(read);
  }

  /**
   * Reads a manifest; the bytes are kept, so that {@link #toBytes} gives back exactly what was
   * read.
   *
   * @throws IllegalArgumentException if it is an index, a schema 1 manifest, or not a manifest at
   *     all
   */
  public static Manifest parse(byte[] bytes) {
    ObjectNode json = Json.parseObject(bytes, "image manifest");
    if (json.path("schemaVersion").asInt() == 1
        || MediaTypes.SCHEMA_1.contains(json.path("mediaType").asText())) {
      throw new IllegalArgumentException(
          "the image has a manifest of schema version 1, which is no longer supported; push it again with a current tool");
    }
    String mediaType = mediaTypeOf(json);
    if (!MediaTypes.isManifest(mediaType) || json.has("manifests")) {
      throw new IllegalArgumentException("'%s' is not an image manifest".formatted(mediaType));
    }
    return new Manifest(bytes.clone(), json);
  }

  /**
   * Makes a manifest; media types of config and layers are put into the terms of the format.
   *
   * @throws IllegalArgumentException if the format cannot name one of the layers (zstd in Docker's)
   */
  public static Manifest create(ImageFormat format, Descriptor config, List<Descriptor> layers) {
    return create(format, config, layers, Map.of());
  }

  /** As {@link #create(ImageFormat, Descriptor, List)}, with annotations, which only OCI has. */
  public static Manifest create(
      ImageFormat format,
      Descriptor config,
      List<Descriptor> layers,
      Map<String, String> annotations) {
    if (format == ImageFormat.DOCKER && !annotations.isEmpty()) {
      throw new IllegalArgumentException(
          "a Docker manifest has no place for annotations; use the OCI format");
    }
    ObjectNode json = Json.object();
    json.put("schemaVersion", 2).put("mediaType", MediaTypes.manifest(format));
    json.set("config", config.withMediaType(MediaTypes.config(format)).toJson());
    ArrayNode array = json.putArray("layers");
    for (Descriptor layer : layers) {
      array.add(layer.withMediaType(MediaTypes.convertLayer(layer.mediaType(), format)).toJson());
    }
    if (!annotations.isEmpty()) {
      ObjectNode node = json.putObject("annotations");
      annotations.forEach(node::put);
    }
    return new Manifest(Json.toBytes(json), json);
  }

  /**
   * The media type of a manifest or an index as its content tells it. A document that could be read
   * as both is refused, since two readers would see two images in it.
   */
  public static String mediaTypeOf(byte[] document) {
    ObjectNode json = Json.parseObject(document, "image manifest");
    if (json.has("manifests") && (json.has("layers") || json.has("config"))) {
      throw new IllegalArgumentException(
          "the image manifest claims to be an image and an index at once");
    }
    return mediaTypeOf(json);
  }

  public String mediaType() {
    return mediaType;
  }

  public ImageFormat format() {
    return mediaType.equals(MediaTypes.OCI_MANIFEST) ? ImageFormat.OCI : ImageFormat.DOCKER;
  }

  public Descriptor config() {
    return config;
  }

  /** The layers, lowest first. */
  public List<Descriptor> layers() {
    return layers;
  }

  /** The exact bytes whose digest names this manifest. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** The digest of {@link #toBytes}. */
  public Digest digest() {
    return Digest.sha256(bytes);
  }

  /** The descriptor under which an index or a layout lists this manifest. */
  public Descriptor descriptor() {
    return Descriptor.of(mediaType, digest(), bytes.length);
  }

  /** A copy of the JSON. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  /** OCI lets a manifest leave its media type out; then the shape tells. */
  private static String mediaTypeOf(JsonNode json) {
    return Json.text(json, "mediaType")
        .orElseGet(
            () -> {
              if (json.has("manifests")) {
                return MediaTypes.OCI_INDEX;
              }
              return json.path("config").path("mediaType").asText().equals(MediaTypes.DOCKER_CONFIG)
                  ? MediaTypes.DOCKER_MANIFEST
                  : MediaTypes.OCI_MANIFEST;
            });
  }
}
