package io.jenkins.plugins.kaniko.executor.build;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is read while it is still being written: its readers wait for what is to come. */
final class Arrival {
  private final Path file;
  private long length;
  private boolean ended;
  private boolean complete;

  Arrival(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Where its bytes go, from one writer. */
  OutputStream writer() throws IOException {
    return new FilterOutputStream(Files.newOutputStream(file)) {
      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        out.write(bytes, offset, count);
        grow(count);
      }

      @Override
      public void write(int b) throws IOException {
        out.write(b);
        grow(1);
      }
    };
  }

  /** Tells the readers that nothing more comes; if it is not the whole, they fail. */
  synchronized void end(boolean whole) {
    ended = true;
    complete = whole;
    notifyAll();
  }

  /** Reads from the beginning to where the writer ends. */
  InputStream open() throws IOException {
    InputStream in = Files.newInputStream(file);
    return new InputStream() {
      private long position;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
          return 0;
        }
        int n = in.read(bytes, offset, (int) Math.min(count, awaitBeyond(position)));
        position += Math.max(n, 0);
        return n;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private synchronized void grow(int count) {
    length += count;
    notifyAll();
  }

  /** How many bytes are there to be read after a position, or a byte too many at the end. */
  private synchronized long awaitBeyond(long position) throws IOException {
    while (length == position && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while a layer was fetched");
      }
    }
    if (length == position && !complete) {
      throw new IOException("tried to read a layer, but it did not arrive");
    }
    return Math.max(1, length - position);
  }
}
