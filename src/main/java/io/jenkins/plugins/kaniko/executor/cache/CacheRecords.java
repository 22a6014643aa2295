package io.jenkins.plugins.kaniko.executor.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The records of a store, one file each, named after their keys. A record is there only when its
 * layer is; a file's time says when it was last of use. Safe for use by many builds at once.
 */
public final class CacheRecords {
  private final ContentStore store;
  private final Path directory;
  private final Path scratch;
  private final Consumer<String> damage;

  /**
   * @param scratch of the build, on the store's file system
   * @param damage told about what had to be thrown away
   */
  public CacheRecords(ContentStore store, Path scratch, Consumer<String> damage) {
    this.store = store;
    this.directory = store.directory().resolve("records");
    this.scratch = scratch;
    this.damage = damage;
  }

  /** A record whose layer is in the store. What is damaged is removed, as if it were not there. */
  public Optional<CacheRecord> find(CacheKey key) throws IOException {
    Path file = file(key);
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      text = "";
    }
    Optional<CacheRecord> record = CacheRecord.parse(key, text);
    if (record.isEmpty()) {
      damage.accept("removed the damaged cache record " + key.hex().substring(0, 12));
      forgetUnlessWhole(file);
      return record;
    }
    Optional<CacheRecord.Layer> layer = record.get().layer();
    if (layer.isPresent() && !hasBlob(layer.get())) {
      forgetUnlessWhole(file);
      return Optional.empty();
    }
    ContentStore.touch(file);
    return record;
  }

  /** Throws a record away that nobody can use, unless it has been replaced by now. */
  void forgetUnlessWhole(Path file) throws IOException {
    if (!isWhole(file)) {
      store.lock().exclusive(() -> !isWhole(file) && Files.deleteIfExists(file));
    }
  }

  /** Whether a record can be read and its layer is there; so it is when it has gone. */
  private boolean isWhole(Path file) throws IOException {
    try {
      return CacheRecord.parse(
              CacheKey.parse(file.getFileName().toString()),
              Files.readString(file, StandardCharsets.ISO_8859_1))
          .map(record -> record.layer().map(l -> store.hasBlob(l.descriptor())).orElse(true))
          .orElse(false);
    } catch (NoSuchFileException e) {
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean hasBlob(CacheRecord.Layer layer) throws IOException {
    Optional<Path> blob = store.blob(layer.descriptor().digest());
    if (blob.isEmpty()) {
      return false;
    }
    try {
      if (Files.size(blob.get()) == layer.descriptor().size()) {
        return true;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    damage.accept("removed the damaged layer " + layer.descriptor().digest().shortHex());
    store.removeBlob(layer.descriptor().digest());
    return false;
  }

  /** Keeps a record; one that is there under the same key is replaced. */
  public void put(CacheKey key, CacheRecord record) throws IOException {
    Path fresh = Files.createTempFile(scratch, "record-", "");
    try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(record.toText(key));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
    store.keep(fresh, file(key));
  }

  private Path file(CacheKey key) {
    return directory.resolve(key.hex());
  }
}
