package io.jenkins.plugins.kaniko.executor.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * An image in files: an OCI layout, as a directory or in a tar, or an archive of {@code docker
 * save}.
 */
final class StoredImage implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long MAX_JSON = 16L << 20;

  private final Source source;
  private final Map<Digest, String> names = new HashMap<>();
  private Manifest manifest;
  private byte[] config;

  private StoredImage(Source source) {
    this.source = source;
  }

  /**
   * Opens an image.
   *
   * @throws IllegalArgumentException if the files are there and are no image; the message goes
   *     behind "but"
   */
  static StoredImage open(Path path) throws IOException {
    StoredImage image =
        new StoredImage(Files.isDirectory(path) ? new Directory(path) : new Tar(path));
    try {
      if (image.source.has("index.json")) {
        image.readLayout();
      } else if (image.source.has("manifest.json")) {
        image.readArchive();
      } else {
        throw new IllegalArgumentException("it is neither an OCI layout nor a docker archive");
      }
      return image;
    } catch (IOException | RuntimeException e) {
      image.close();
      throw e;
    }
  }

  Manifest manifest() {
    return manifest;
  }

  byte[] config() {
    return config.clone();
  }

  BlobSource blob(Digest digest) {
    return () -> source.open(names.get(digest));
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private void readLayout() throws IOException {
    JsonNode entries = JSON.readTree(bytes("index.json")).path("manifests");
    List<Digest> images = new ArrayList<>();
    for (JsonNode entry : entries) {
      Descriptor descriptor = Descriptor.fromJson(entry);
      if (!images.contains(descriptor.digest())) {
        images.add(descriptor.digest());
      }
    }
    if (images.size() != 1) {
      throw new IllegalArgumentException("it has %d images and not one".formatted(images.size()));
    }
    byte[] document = verified(images.get(0));
    if (MediaTypes.isIndex(Manifest.mediaTypeOf(document))) {
      throw new IllegalArgumentException("its image is an index of several platforms");
    }
    manifest = Manifest.parse(document);
    config = verified(manifest.config().digest());
    for (Descriptor layer : manifest.layers()) {
      if (!source.has(name(layer.digest())) && !MediaTypes.isForeignLayer(layer.mediaType())) {
        throw new IllegalArgumentException("its layer %s is missing".formatted(layer.digest()));
      }
      names.put(layer.digest(), name(layer.digest()));
    }
  }

  private void readArchive() throws IOException {
    JsonNode images = JSON.readTree(bytes("manifest.json"));
    if (images.size() != 1) {
      throw new IllegalArgumentException("it has %d images and not one".formatted(images.size()));
    }
    config = bytes(images.path(0).path("Config").asText());
    List<Descriptor> layers = new ArrayList<>();
    boolean compressed = true;
    for (JsonNode name : images.path(0).path("Layers")) {
      Descriptor layer = measured(name.asText());
      compressed &= !layer.mediaType().equals(MediaTypes.OCI_LAYER_TAR);
      layers.add(layer);
      names.put(layer.digest(), name.asText());
    }
    if (ImageConfig.parse(config).diffIds().size() != layers.size()) {
      throw new IllegalArgumentException("its config and its list of layers do not agree");
    }
    Descriptor blob = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(config), config.length);
    // Docker's manifest has no uncompressed layers.
    manifest = Manifest.create(compressed ? ImageFormat.DOCKER : ImageFormat.OCI, blob, layers);
  }

  private Descriptor measured(String name) throws IOException {
    try (InputStream in = new BufferedInputStream(source.open(name), 1 << 16)) {
      in.mark(4);
      byte[] magic = in.readNBytes(2);
      in.reset();
      boolean gzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
      MessageDigest hash = Digest.newSha256();
      long size =
          new DigestInputStream(in, hash).transferTo(java.io.OutputStream.nullOutputStream());
      return Descriptor.of(
          gzip ? MediaTypes.OCI_LAYER_GZIP : MediaTypes.OCI_LAYER_TAR,
          Digest.ofSha256(hash.digest()),
          size);
    }
  }

  private byte[] verified(Digest digest) throws IOException {
    byte[] content = bytes(name(digest));
    if (!digest.algorithm().equals("sha256") || !Digest.sha256(content).equals(digest)) {
      throw new IllegalArgumentException("its blob %s has another content".formatted(digest));
    }
    return content;
  }

  private static String name(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  private byte[] bytes(String name) throws IOException {
    try (InputStream in = source.open(name)) {
      byte[] content = in.readNBytes((int) MAX_JSON + 1);
      if (content.length > MAX_JSON) {
        throw new IllegalArgumentException("its %s is too large".formatted(name));
      }
      return content;
    }
  }

  /** Files by name. */
  private interface Source extends AutoCloseable {
    boolean has(String name);

    InputStream open(String name) throws IOException;

    @Override
    void close() throws IOException;
  }

  private record Directory(Path path) implements Source {
    @Override
    public boolean has(String name) {
      return Files.isRegularFile(path.resolve(name));
    }

    @Override
    public InputStream open(String name) throws IOException {
      Path file = path.resolve(name).normalize();
      if (!file.startsWith(path)) {
        throw new IllegalArgumentException("it names a file outside of itself");
      }
      return Files.newInputStream(file);
    }

    @Override
    public void close() {
      // Nothing is held open.
    }
  }

  private static final class Tar implements Source {
    private final TarFile tar;
    private final Map<String, TarArchiveEntry> entries = new HashMap<>();

    Tar(Path path) throws IOException {
      tar = new TarFile(path);
      tar.getEntries().forEach(entry -> entries.put(clean(entry.getName()), entry));
    }

    @Override
    public boolean has(String name) {
      return find(name) != null;
    }

    @Override
    public InputStream open(String name) throws IOException {
      TarArchiveEntry entry = find(name);
      if (entry == null) {
        throw new FileNotFoundException(name);
      }
      return tar.getInputStream(entry);
    }

    /** Docker writes a layer that occurs twice as a link to its first occurrence. */
    private TarArchiveEntry find(String name) {
      TarArchiveEntry entry = entries.get(clean(name));
      if (entry != null && entry.isSymbolicLink()) {
        return entries.get(
            clean(Path.of("/", name).resolveSibling(entry.getLinkName()).toString()));
      }
      return entry != null && entry.isLink() ? entries.get(clean(entry.getLinkName())) : entry;
    }

    private static String clean(String name) {
      return Path.of("/", name).normalize().toString().substring(1);
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }
}
