package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.cache.CacheKey;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A source that is read twice, for its checksum and to be copied, and that must be the same both
 * times: directories are listed once, and contents are compared when they are read again.
 */
final class CheckedSource implements CopySource {
  private final CopySource source;
  private final Map<String, List<Item>> listed = new HashMap<>();
  private final Map<String, Item> originals = new HashMap<>();
  private final Map<String, byte[]> hashes = new HashMap<>();
  private volatile boolean changed;

  CheckedSource(CopySource source) {
    this.source = source;
  }

  /** Whether something was other when it was read again. */
  boolean isChanged() {
    return changed;
  }

  @Override
  public List<Item> match(String pattern) throws UnusableException, IOException {
    return source.match(pattern).stream().map(this::checked).toList();
  }

  @Override
  public Item exactly(String path) throws UnusableException, IOException {
    return checked(source.exactly(path));
  }

  @Override
  public List<Item> children(Item directory) throws UnusableException, IOException {
    List<Item> known = listed.get(directory.entry().path());
    if (known == null) {
      known = source.children(directory).stream().map(this::checked).toList();
      listed.put(directory.entry().path(), known);
    }
    return known;
  }

  @Override
  public void prefetch(Collection<Item> files) throws IOException {
    source.prefetch(files);
  }

  /** Adds a file's content to a key. */
  void hash(Item file, CacheKey.Builder key) throws IOException {
    byte[] hash = hashes.get(file.entry().path());
    if (hash == null) {
      Item original = originals.get(file.entry().path());
      hash = sha256((original == null ? file : original).content());
      if (original != null) {
        hashes.put(file.entry().path(), hash);
      }
    }
    key.bytes("content", hash);
  }

  private Item checked(Item item) {
    LayerEntry entry = item.entry();
    if (!entry.isFile()) {
      return item;
    }
    originals.put(entry.path(), item);
    Content content =
        () -> {
          InputStream in = item.content().open();
          byte[] expected = hashes.get(entry.path());
          return expected == null ? in : new Comparing(in, expected);
        };
    return new Item(item.name(), entry, content, item.linkKey());
  }

  private static byte[] sha256(Content content) throws IOException {
    MessageDigest digest = Digest.newSha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = content.open()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return digest.digest();
  }

  /** Compares at the end of the content; whoever closes earlier has not copied it. */
  private final class Comparing extends FilterInputStream {
    private final MessageDigest digest = Digest.newSha256();
    private final byte[] expected;
    private boolean finished;

    Comparing(InputStream in, byte[] expected) {
      super(in);
      this.expected = expected;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value < 0) {
        finish();
      } else {
        digest.update((byte) value);
      }
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read < 0) {
        finish();
      } else {
        digest.update(buffer, offset, read);
      }
      return read;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void finish() {
      if (!finished) {
        finished = true;
        changed |= !Arrays.equals(digest.digest(), expected);
      }
    }
  }
}
