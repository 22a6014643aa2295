package io.jenkins.plugins.kaniko.executor.cache;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.registry.BlobSource;
import io.jenkins.plugins.kaniko.executor.registry.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cache in an OCI image layout: a directory that machines mount or carry about. */
public final class LayoutCache implements SharedCache {
  private static final String NAME = "org.opencontainers.image.ref.name";

  private final Path directory;

  public LayoutCache(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<CacheRecord> find(CacheKey key) throws IOException {
    try {
      for (Descriptor entry : index()) {
        if (entry.annotation(NAME).filter(key.hex()::equals).isPresent()) {
          Manifest manifest = Manifest.parse(read(entry));
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
    List<Descriptor> entries = new ArrayList<>();
    try {
      for (Descriptor entry : index()) {
        if (entry.annotation(NAME).filter(key.hex()::equals).isEmpty()) {
          entries.add(entry);
        }
      }
    } catch (NoSuchFileException e) {
      move(
          "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8),
          directory.resolve("oci-layout"));
    }
    entries.add(manifest.descriptor().withAnnotation(NAME, key.hex()));
    move(ImageIndex.of(entries).toBytes(), directory.resolve("index.json"));
  }

  @Override
  public void fetch(Descriptor layer, OutputStream out, ProgressListener progress)
      throws IOException {
    DigestOutputStream digested = new DigestOutputStream(out, Digest.newSha256());
    try (InputStream in = open(layer)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = read(in, layer, buffer); read >= 0; read = read(in, layer, buffer)) {
        digested.write(buffer, 0, read);
      }
    }
    if (!Digest.ofSha256(digested.getMessageDigest().digest()).equals(layer.digest())) {
      throw new DamagedLayerException(
          "tried to read the layer " + layer.digest() + " of " + directory + ", but it is damaged",
          null);
    }
  }

  private InputStream open(Descriptor layer) throws DamagedLayerException {
    try {
      return Files.newInputStream(blob(layer.digest()));
    } catch (IOException e) {
      throw unreadable(layer, e);
    }
  }

  private int read(InputStream in, Descriptor layer, byte[] buffer) throws IOException {
    try {
      return in.read(buffer);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(layer, e);
    }
  }

  private DamagedLayerException unreadable(Descriptor layer, IOException e) {
    return new DamagedLayerException(
        "tried to read the layer " + layer.digest() + " of " + directory + ", but " + e, e);
  }

  @Override
  public Optional<ImageReference> repository(Descriptor layer) {
    return Optional.empty();
  }

  @Override
  public String name() {
    return "the cache " + directory;
  }

  private List<Descriptor> index() throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve("index.json"));
    try {
      return ImageIndex.parse(bytes).manifests();
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "tried to read index.json of " + directory + ", but " + e.getMessage(), e);
    }
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
    if (!isWhole(target, digest)) {
      Path fresh = Files.createTempFile(directory, ".new-", "");
      try (InputStream in = content.open()) {
        Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }

  /** What is damaged is written anew. */
  private static boolean isWhole(Path file, Digest digest) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      DigestOutputStream digested =
          new DigestOutputStream(OutputStream.nullOutputStream(), Digest.newSha256());
      in.transferTo(digested);
      return Digest.ofSha256(digested.getMessageDigest().digest()).equals(digest);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void move(byte[] content, Path target) throws IOException {
    Path fresh = Files.createTempFile(directory, ".new-", "");
    Files.write(fresh, content);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
