package io.jenkins.plugins.kaniko.executor.layer;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads and hashes a stream on a thread of its own, a few blocks ahead: one processor inflates
 * while another makes files of it. Used by one reader at a time.
 */
final class ReadAhead extends InputStream {
  private static final int BLOCK_SIZE = 64 * 1024;
  private static final int BLOCKS = 8;

  /** A length below {@link #BLOCK_SIZE} is that of the last block. */
  private static final class Block {
    final byte[] bytes;
    final int length;
    final Throwable failure;

    Block(byte[] bytes, int length, Throwable failure) {
      this.bytes = bytes;
      this.length = length;
      this.failure = failure;
    }
  }

  private final BlockingQueue<Block> full = new ArrayBlockingQueue<>(BLOCKS);
  private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(BLOCKS);
  private final MessageDigest sha256 = Digest.newSha256();
  private final Thread thread;
  private Block current = new Block(new byte[0], BLOCK_SIZE, null);
  private int at = BLOCK_SIZE;

  /**
   * @param in read to its end and closed by the other thread
   */
  ReadAhead(InputStream in) {
    for (int i = 1; i < BLOCKS; i++) {
      spare.add(new byte[BLOCK_SIZE]);
    }
    thread = new Thread(() -> fill(in), "read ahead");
    thread.setDaemon(true);
    thread.start();
  }

  /** The digest of the whole stream, once it has been read to its end. */
  Digest digest() {
    return Digest.ofSha256(sha256.digest());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == current.length && !advance()) {
      return -1;
    }
    int n = Math.min(length, current.length - at);
    System.arraycopy(current.bytes, at, bytes, offset, n);
    at += n;
    return n;
  }

  /** Stops reading, wherever it is. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Goes to the next block that holds something; false at the end. */
  private boolean advance() throws IOException {
    if (current.length < BLOCK_SIZE) {
      return false;
    }
    try {
      if (current.bytes.length > 0) {
        spare.put(current.bytes);
      }
      current = full.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a layer was read");
    }
    at = 0;
    if (current.failure instanceof IOException e) {
      throw e;
    }
    if (current.failure != null) {
      throw new IOException("tried to read a layer, but " + current.failure, current.failure);
    }
    return current.length > 0;
  }

  private void fill(InputStream in) {
    try {
      try (in) {
        int length;
        do {
          byte[] bytes = spare.take();
          length = in.readNBytes(bytes, 0, BLOCK_SIZE);
          sha256.update(bytes, 0, length);
          full.put(new Block(bytes, length, null));
        } while (length == BLOCK_SIZE);
      } catch (IOException | RuntimeException | Error e) {
        full.put(new Block(new byte[0], 0, e));
      }
    } catch (InterruptedException e) {
      // closed
    }
  }
}
