package io.jenkins.plugins.kaniko.executor.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The body of one request, streamed from its source with a known length. */
final class Upload {
  private static final int LARGE = 1 << 20;

  private final BlobSource source;
  private final long size;
  private final ProgressListener progress;
  private volatile long sent;
  private final AtomicReference<IOException> failure = new AtomicReference<>();

  Upload(BlobSource source, long size, ProgressListener progress) {
    this.source = source;
    this.size = size;
    this.progress = progress;
  }

  static Upload of(byte[] content) {
    return new Upload(BlobSource.bytes(content), content.length, ProgressListener.NONE);
  }

  /** What went wrong on this side of the connection. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Whether the other side now has so much content to store that its answer may take a while. */
  boolean isLargeAndSent() {
    return size > LARGE && sent == size;
  }

  BodyPublisher publisher(Activity activity) {
    if (size == 0) {
      return BodyPublishers.noBody();
    }
    return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(activity)), size);
  }

  private InputStream open(Activity activity) {
    try {
      return new Counted(source.open(), activity);
    } catch (IOException e) {
      failure.set(e);
      return InputStream.nullInputStream();
    }
  }

  private final class Counted extends FilterInputStream {
    private final Activity activity;
    private long total;

    Counted(InputStream in, Activity activity) {
      super(in);
      this.activity = activity;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int count = in.read(buffer, offset, length);
        total += Math.max(count, 0);
        sent = total;
        activity.touch();
        if (count < 0 ? total < size : total > size) {
          throw new IOException(
              "a blob has %d bytes where %d were expected".formatted(total, size));
        }
        progress.progress(total, size);
        return count;
      } catch (IOException e) {
        failure.compareAndSet(null, e);
        throw e;
      }
    }
  }
}
