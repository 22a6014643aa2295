package io.jenkins.plugins.kaniko.executor.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A pointer to content: media type, digest and size in bytes, as in the image-spec's <a
 * href="https://github.com/opencontainers/image-spec/blob/main/descriptor.md">descriptor</a>. Other
 * fields (annotations, urls, artifactType) are kept.
 */
public final class Descriptor {
  private final String mediaType;
  private final Digest digest;
  private final long size;
  private final ObjectNode json;

  private Descriptor(String mediaType, Digest digest, long size, ObjectNode json) {
    this.mediaType = mediaType;
    this.digest = digest;
    this.size = size;
    // Jackson has several nodes for one number, which are not equal.
    this.json = json.put("size", size);
  }

  public static Descriptor of(String mediaType, Digest digest, long size) {
    ObjectNode json = Json.object();
    json.put("mediaType", mediaType).put("digest", digest.toString()).put("size", size);
    return new Descriptor(mediaType, digest, size, json);
  }

  /**
   * Reads a descriptor.
   *
   * @throws IllegalArgumentException if media type, digest or size is missing or unusable
   */
  public static Descriptor fromJson(JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw new IllegalArgumentException("a descriptor is not a JSON object");
    }
    String mediaType =
        Json.text(object, "mediaType")
            .orElseThrow(() -> new IllegalArgumentException("a descriptor has no mediaType"));
    Digest digest =
        Digest.parse(
            Json.text(object, "digest")
                .orElseThrow(() -> new IllegalArgumentException("a descriptor has no digest")));
    JsonNode size = object.path("size");
    if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
      throw new IllegalArgumentException("the descriptor of " + digest + " has no usable size");
    }
    return new Descriptor(mediaType, digest, size.longValue(), object.deepCopy());
  }

  public String mediaType() {
    return mediaType;
  }

  public Digest digest() {
    return digest;
  }

  /** The size of the content in bytes. */
  public long size() {
    return size;
  }

  /** The platform that an index gives for a manifest, if it names one. */
  public Optional<Platform> platform() {
    JsonNode platform = json.path("platform");
    return Json.text(platform, "os")
        .flatMap(
            os ->
                Json.text(platform, "architecture")
                    .map(arch -> new Platform(os, arch, Json.text(platform, "variant"))));
  }

  public Optional<String> annotation(String name) {
    return Json.text(json.path("annotations"), name);
  }

  /** The same content under another media type; everything else stays. */
  public Descriptor withMediaType(String newMediaType) {
    ObjectNode copy = json.deepCopy();
    copy.put("mediaType", newMediaType);
    return new Descriptor(newMediaType, digest, size, copy);
  }

  /** The same content with one more annotation. */
  public Descriptor withAnnotation(String name, String value) {
    ObjectNode copy = json.deepCopy();
    copy.withObject("/annotations").put(name, value);
    return new Descriptor(mediaType, digest, size, copy);
  }

  /** A copy of the JSON, with every field that was read. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Descriptor that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "%s (%s, %d bytes)".formatted(digest, mediaType, size);
  }
}
