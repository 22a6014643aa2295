package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Gzip on all processors: blocks of a fixed size are deflated side by side, each with the 32 KiB
 * before it as its dictionary, and put out in order. The bytes depend on the input and the level
 * alone, never on the number of threads (RFC 1952; the blocks are joined by empty stored blocks as
 * in RFC 1951 section 3.2.4).
 */
final class ParallelGzipOutputStream extends OutputStream {
  static final int BLOCK_SIZE = 128 * 1024;
  private static final int DICTIONARY_SIZE = 32 * 1024;
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final ExecutorService POOL =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "deflate");
            thread.setDaemon(true);
            return thread;
          });

  private final OutputStream out;
  private final int level;
  private final CRC32 crc = new CRC32();
  private final ArrayDeque<Future<Block>> pending = new ArrayDeque<>();
  private final ArrayDeque<Block> spare = new ArrayDeque<>();
  private Block current;
  private long total;
  private boolean closed;

  ParallelGzipOutputStream(OutputStream out, int level) throws IOException {
    this.out = out;
    this.level = level;
    this.current = new Block(level);
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    crc.update(bytes, offset, length);
    total += length;
    int at = offset;
    int left = length;
    while (left > 0) {
      if (current.length == BLOCK_SIZE) {
        submit(false);
      }
      int n = Math.min(left, BLOCK_SIZE - current.length);
      System.arraycopy(bytes, at, current.data, current.length, n);
      current.length += n;
      at += n;
      left -= n;
    }
  }

  /** Ends the gzip member and flushes; the stream below stays open. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    submit(true);
    while (!pending.isEmpty()) {
      drainOne();
    }
    little(crc.getValue());
    little(total);
    out.flush();
    current.deflater.end();
    spare.forEach(block -> block.deflater.end());
  }

  private void submit(boolean last) throws IOException {
    Block block = current;
    current = spare.isEmpty() ? new Block(level) : spare.poll();
    current.length = 0;
    current.dictionaryLength = Math.min(block.length, DICTIONARY_SIZE);
    System.arraycopy(
        block.data,
        block.length - current.dictionaryLength,
        current.dictionary,
        0,
        current.dictionaryLength);
    pending.add(POOL.submit(() -> block.deflate(last)));
    if (pending.size() > 2 * THREADS) {
      drainOne();
    }
  }

  private void drainOne() throws IOException {
    try {
      Block block = pending.remove().get();
      out.write(block.deflated, 0, block.deflatedLength);
      spare.add(block);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted while a layer was compressed");
    } catch (ExecutionException e) {
      throw new IOException("tried to compress a layer, but " + e.getCause(), e.getCause());
    }
  }

  private void little(long value) throws IOException {
    for (int i = 0; i < 4; i++) {
      out.write((int) (value >>> (8 * i)) & 0xff);
    }
  }

  /** One block and its buffers, reused from block to block. */
  private static final class Block {
    final byte[] data = new byte[BLOCK_SIZE];
    final byte[] dictionary = new byte[DICTIONARY_SIZE];
    // deflate grows incompressible data by 5 bytes per 16 KiB at most, and the flush adds an empty
    // block
    final byte[] deflated = new byte[BLOCK_SIZE + BLOCK_SIZE / 1024 + 64];
    final Deflater deflater;
    int length;
    int dictionaryLength;
    int deflatedLength;

    Block(int level) {
      deflater = new Deflater(level, true);
    }

    Block deflate(boolean last) throws IOException {
      if (dictionaryLength > 0) {
        deflater.setDictionary(dictionary, 0, dictionaryLength);
      }
      deflater.setInput(data, 0, length);
      if (last) {
        deflater.finish();
      }
      deflatedLength =
          deflater.deflate(
              deflated, 0, deflated.length, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
      if (deflatedLength == deflated.length || (last && !deflater.finished())) {
        throw new IOException("a block grew beyond its buffer");
      }
      deflater.reset();
      return this;
    }
  }
}
