package io.jenkins.plugins.kaniko.executor.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** A cache in an OCI image layout: a directory that machines mount or carry about. */
public final class LayoutCache implements SharedCache {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "org.opencontainers.image.ref.name";

  private final Path directory;

  public LayoutCache(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<CacheRecord> find(CacheKey key) throws IOException {
    try {
      for (JsonNode entry : index().path("manifests")) {
        if (entry.path("annotations").path(NAME).asText().equals(key.hex())) {
          Manifest manifest = Manifest.parse(read(Descriptor.fromJson(entry)));
          ImageConfig config = ImageConfig.parse(read(manifest.config()));
          Optional<CacheRecord> record = CacheImage.read(key, manifest, config);
          return record.filter(
              found ->
                  found.layer().stream()
                      .allMatch(layer -> Files.exists(blob(layer.descriptor().digest()))));
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void put(
      CacheKey key, CacheRecord record, BlobSource layer, Optional<ImageReference> mountFrom)
      throws IOException {
    CacheImage image = CacheImage.of(key, record);
    Files.createDirectories(directory.resolve("blobs/sha256"));
    if (record.layer().isPresent()) {
      write(record.layer().get().descriptor().digest(), layer);
    }
    write(image.manifest().config().digest(), image.config());
    write(image.manifest().digest(), BlobSource.bytes(image.manifest().toBytes()));
    synchronized (LayoutCache.class) {
      try (FileChannel channel =
              FileChannel.open(
                  directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid()) {
          add(key, image.manifest());
        }
      }
    }
  }

  private void add(CacheKey key, Manifest manifest) throws IOException {
    ObjectNode index;
    try {
      index = index();
    } catch (NoSuchFileException e) {
      index =
          JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
      move(
          "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8),
          directory.resolve("oci-layout"));
    }
    ArrayNode entries = JSON.createArrayNode();
    for (JsonNode entry : index.path("manifests")) {
      if (!entry.path("annotations").path(NAME).asText().equals(key.hex())) {
        entries.add(entry);
      }
    }
    ObjectNode entry = manifest.descriptor().toJson();
    entry.putObject("annotations").put(NAME, key.hex());
    index.set("manifests", entries.add(entry));
    move(JSON.writeValueAsBytes(index), directory.resolve("index.json"));
  }

  @Override
  public void fetch(Descriptor layer, OutputStream out, ProgressListener progress)
      throws IOException {
    try (InputStream in = Files.newInputStream(blob(layer.digest()))) {
      DigestOutputStream digested = new DigestOutputStream(out, sha256());
      in.transferTo(digested);
      if (!Digest.ofSha256(digested.getMessageDigest().digest()).equals(layer.digest())) {
        throw new IOException(
            "tried to read the layer "
                + layer.digest()
                + ", but it is damaged; delete "
                + directory);
      }
    }
  }

  @Override
  public Optional<ImageReference> repository() {
    return Optional.empty();
  }

  @Override
  public String name() {
    return "the cache " + directory;
  }

  private ObjectNode index() throws IOException {
    JsonNode index = JSON.readTree(Files.readAllBytes(directory.resolve("index.json")));
    if (index instanceof ObjectNode object) {
      return object;
    }
    throw new IOException(
        "tried to read index.json of " + directory + ", but it is no image layout; name another");
  }

  private byte[] read(Descriptor descriptor) throws IOException {
    byte[] bytes = Files.readAllBytes(blob(descriptor.digest()));
    if (!Digest.sha256(bytes).equals(descriptor.digest())) {
      throw new IOException(
          "tried to read " + descriptor.digest() + " of " + directory + ", but it is damaged");
    }
    return bytes;
  }

  private Path blob(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  private void write(Digest digest, BlobSource content) throws IOException {
    Path target = blob(digest);
    if (!Files.exists(target)) {
      Path fresh = Files.createTempFile(directory, ".new-", "");
      try (InputStream in = content.open()) {
        Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }

  private void move(byte[] content, Path target) throws IOException {
    Path fresh = Files.createTempFile(directory, ".new-", "");
    Files.write(fresh, content);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
