package io.jenkins.plugins.kaniko.executor.build;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.oci.Compression;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes an image to disk: as a {@code docker save} archive, and as an OCI image layout. */
final class ImageExport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Manifest manifest;
  private final byte[] config;
  private final List<StageLayer> layers;

  ImageExport(Manifest manifest, byte[] config, List<StageLayer> layers) {
    this.manifest = manifest;
    this.config = config;
    this.layers = layers;
  }

  /** A docker-save archive: manifest.json names the config, the tags and the layers in order. */
  void dockerArchive(Path file, List<ImageReference> tags)
      throws IOException, BuildException, InterruptedException {
    OutputPlace place = OutputPlace.of(file);
    if (place.replaceable()) {
      Files.createDirectories(place.path().getParent());
      write(place.path(), out -> archive(out, tags));
    } else {
      try (OutputStream out = place.open()) {
        archive(out, tags);
      }
    }
  }

  private void archive(OutputStream out, List<ImageReference> tags)
      throws IOException, BuildException, InterruptedException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new BufferedOutputStream(out, 1 << 16))) {
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      String configName = manifest.config().digest().hex() + ".json";
      put(tar, configName, config);
      ObjectNode image = JSON.createObjectNode().put("Config", configName);
      ArrayNode repoTags = image.putArray("RepoTags");
      for (ImageReference tag : tags) {
        repoTags.add(tag.familiarName());
      }
      ArrayNode names = image.putArray("Layers");
      Set<String> written = new TreeSet<>();
      for (StageLayer layer : layers) {
        Digest digest = layer.descriptor().digest();
        boolean zstd = MediaTypes.compressionOf(layer.descriptor().mediaType()) == Compression.ZSTD;
        String name = digest.hex() + (zstd ? ".tar.zst" : ".tar.gz");
        names.add(name);
        if (written.add(name)) {
          put(tar, name, layer.blob());
        }
      }
      put(tar, "manifest.json", JSON.writeValueAsBytes(JSON.createArrayNode().add(image)));
    }
  }

  /**
   * An OCI image layout (image-spec, image-layout.md); its media types are OCI's, whatever was
   * pushed.
   */
  void ociLayout(Path directory, List<ImageReference> tags)
      throws IOException, BuildException, InterruptedException {
    Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    for (StageLayer layer : layers) {
      Path blob = blobs.resolve(layer.descriptor().digest().hex());
      boolean foreign = MediaTypes.isForeignLayer(layer.descriptor().mediaType());
      if (!foreign && !Files.exists(blob)) {
        Path source = layer.blob();
        write(blob, out -> Files.copy(source, out));
      }
    }
    Descriptor configDescriptor = manifest.config().withMediaType(MediaTypes.OCI_CONFIG);
    Manifest oci =
        manifest.format() == ImageFormat.OCI
            ? manifest
            : Manifest.create(ImageFormat.OCI, configDescriptor, manifest.layers());
    write(blobs.resolve(configDescriptor.digest().hex()), out -> out.write(config));
    write(blobs.resolve(oci.digest().hex()), out -> out.write(oci.toBytes()));
    ObjectNode index =
        JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = index.putArray("manifests");
    if (tags.isEmpty()) {
      manifests.add(oci.descriptor().toJson());
    }
    for (ImageReference tag : tags) {
      ObjectNode entry = oci.descriptor().toJson();
      entry
          .putObject("annotations")
          .put("org.opencontainers.image.ref.name", tag.tag().orElse("latest"));
      manifests.add(entry);
    }
    byte[] version = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);
    write(directory.resolve("oci-layout"), out -> out.write(version));
    byte[] indexBytes = JSON.writeValueAsBytes(index);
    write(directory.resolve("index.json"), out -> out.write(indexBytes));
  }

  @FunctionalInterface
  private interface Writing {
    void to(OutputStream out) throws IOException, BuildException, InterruptedException;
  }

  /** A file is there when it is complete; who is interrupted leaves the old one, or none. */
  private static void write(Path file, Writing writing)
      throws IOException, BuildException, InterruptedException {
    Path temporary = Files.createTempFile(file.getParent(), ".image", ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        writing.to(out);
      }
      Files.setAttribute(temporary, "unix:mode", 0644);
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // A file that is mounted can be written to, but not replaced.
        if (!Files.isRegularFile(file)) {
          throw e;
        }
        try (OutputStream out = Files.newOutputStream(file)) {
          Files.copy(temporary, out);
        }
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    tar.putArchiveEntry(entry(name, content.length));
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static void put(TarArchiveOutputStream tar, String name, Path content)
      throws IOException {
    tar.putArchiveEntry(entry(name, Files.size(content)));
    try (InputStream in = Files.newInputStream(content)) {
      in.transferTo(tar);
    }
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry entry(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setModTime(0);
    return entry;
  }
}
