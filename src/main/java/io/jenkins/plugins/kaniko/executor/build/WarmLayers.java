package io.jenkins.plugins.kaniko.executor.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.ResolvedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Base images that somebody has fetched before, as an OCI image layout that builds only read.
 * Nothing of it is believed that does not have its digest.
 */
final class WarmLayers {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NAME = "org.opencontainers.image.ref.name";

  /** Above this, a document is no manifest and no config. */
  private static final long MAX_DOCUMENT = 16L << 20;

  /** Of indexes in indexes. */
  private static final int MAX_DEPTH = 4;

  private final Path directory;

  WarmLayers(Path directory) {
    this.directory = directory;
  }

  /** A blob that is there and is what its name says. */
  Optional<Path> find(Digest digest) throws IOException {
    Path file = path(digest);
    if (!digest.algorithm().equals("sha256") || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), Digest.newSha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return Digest.ofSha256(in.getMessageDigest().digest()).equals(digest)
          ? Optional.of(file)
          : Optional.empty();
    }
  }

  /** An image that is named by its digest, and so cannot have become another one. */
  Optional<ResolvedImage> resolve(ImageReference image, Platform platform) throws IOException {
    Optional<byte[]> document =
        image.digest().isEmpty() ? Optional.empty() : document(image.digest().get());
    List<ImageIndex> indexes = new ArrayList<>();
    try {
      while (document.isPresent() && MediaTypes.isIndex(Manifest.mediaTypeOf(document.get()))) {
        ImageIndex index = ImageIndex.parse(document.get());
        indexes.add(index);
        Optional<Descriptor> chosen = index.select(platform);
        document =
            chosen.isEmpty() || indexes.size() == MAX_DEPTH
                ? Optional.empty()
                : document(chosen.get().digest());
      }
      if (document.isEmpty()) {
        return Optional.empty();
      }
      Manifest manifest = Manifest.parse(document.get());
      Optional<byte[]> config = document(manifest.config().digest());
      return config
          .map(ImageConfig::parse)
          .map(
              parsed ->
                  new ResolvedImage(
                      image,
                      manifest.digest(),
                      indexes,
                      manifest,
                      parsed,
                      platform.matches(parsed.platform())));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the registry says what is wrong with it
    }
  }

  private Optional<byte[]> document(Digest digest) throws IOException {
    Optional<Path> file = find(digest);
    return file.isEmpty() || Files.size(file.get()) > MAX_DOCUMENT
        ? Optional.empty()
        : Optional.of(Files.readAllBytes(file.get()));
  }

  /** Makes the directory a layout, if it is none yet. */
  void create() throws IOException {
    Files.createDirectories(directory.resolve("blobs").resolve("sha256"));
    put(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** Takes a blob in. */
  void add(Digest digest, InputStream content) throws IOException {
    Path target = path(digest);
    Path temporary = Files.createTempFile(target.getParent(), ".warm", ".tmp");
    try {
      Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
      Files.setAttribute(temporary, "unix:mode", 0644);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Lists an image, in the place of what had its name. */
  void list(String name, Descriptor image) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ours = channel.lock()) {
      Objects.requireNonNull(ours);
      Path file = directory.resolve("index.json");
      ObjectNode index =
          JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
      ArrayNode images = index.putArray("manifests");
      if (Files.exists(file)) {
        for (JsonNode entry : JSON.readTree(Files.readAllBytes(file)).path("manifests")) {
          if (!entry.path("annotations").path(NAME).asText().equals(name)) {
            images.add(entry);
          }
        }
      }
      ObjectNode entry = image.toJson();
      entry.putObject("annotations").put(NAME, name);
      images.add(entry);
      put(file, JSON.writeValueAsString(index));
    }
  }

  private void put(Path file, String text) throws IOException {
    Path temporary = Files.createTempFile(directory, ".warm", ".tmp");
    try {
      Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
      Files.setAttribute(temporary, "unix:mode", 0644);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path path(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }
}
