package io.jenkins.plugins.kaniko.executor.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A list of manifests, one for each platform. Implements the image-spec's <a
 * href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">index</a> and
 * Docker's manifest list.
 */
public final class ImageIndex {
  private final byte[] bytes;
  private final List<Descriptor> manifests;

  private ImageIndex(byte[] bytes, List<Descriptor> manifests) {
    this.bytes = bytes;
    this.manifests = manifests;
  }

  /**
   * Reads an index; fields that are not known are no error.
   *
   * @throws IllegalArgumentException if this is not an index
   */
  public static ImageIndex parse(byte[] bytes) {
    ObjectNode json = Json.parseObject(bytes, "image index");
    if (!json.path("manifests").isArray()) {
      throw new IllegalArgumentException("the image index has no list of manifests");
    }
    List<Descriptor> manifests = new ArrayList<>();
    json.path("manifests").forEach(node -> manifests.add(Descriptor.fromJson(node)));
    return new ImageIndex(bytes.clone(), List.copyOf(manifests));
  }

  /** An OCI index with these entries. */
  public static ImageIndex of(List<Descriptor> manifests) {
    ObjectNode json = Json.object();
    json.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode entries = json.putArray("manifests");
    manifests.forEach(manifest -> entries.add(manifest.toJson()));
    return new ImageIndex(Json.toBytes(json), List.copyOf(manifests));
  }

  /** Every entry, attestations and other artifacts too, in the order of the document. */
  public List<Descriptor> manifests() {
    return manifests;
  }

  /** The platforms of the images in this index, for error messages. */
  public List<Platform> platforms() {
    return images().stream().flatMap(d -> d.platform().stream()).distinct().toList();
  }

  /**
   * The image for a platform: an exact match first, then the newest older variant, then an entry
   * that names no platform (it may also be an index in its turn).
   */
  public Optional<Descriptor> select(Platform wanted) {
    for (Platform candidate : wanted.candidates()) {
      Optional<Descriptor> match = first(d -> d.platform().equals(Optional.of(candidate)));
      if (match.isPresent()) {
        return match;
      }
    }
    return first(d -> d.platform().isEmpty());
  }

  /** The exact bytes that were read, or those of a new index. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  private Optional<Descriptor> first(Predicate<Descriptor> condition) {
    return images().stream().filter(condition).findFirst();
  }

  private List<Descriptor> images() {
    return manifests.stream().filter(ImageIndex::isImage).toList();
  }

  private static boolean isImage(Descriptor entry) {
    return (MediaTypes.isManifest(entry.mediaType()) || MediaTypes.isIndex(entry.mediaType()))
        && !entry.toJson().hasNonNull("artifactType")
        && entry.annotation("vnd.docker.reference.type").isEmpty()
        && entry.platform().map(Platform::os).filter("unknown"::equals).isEmpty();
  }
}
