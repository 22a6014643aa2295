package io.jenkins.plugins.kaniko.executor.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Reads the body of one answer into a sink, or into memory up to a limit. */
final class ReplyReader implements BodySubscriber<byte[]> {
  /**
   * Manifests may have 4 MiB (distribution-spec, "Pushing Manifests"); everything else here is
   * smaller.
   */
  static final int MEMORY_LIMIT = 4 << 20;

  private final Optional<BlobSink> sink;
  private final Activity activity;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private Flow.Subscription subscription;

  ReplyReader(Optional<BlobSink> sink, Activity activity) {
    this.sink = sink;
    this.activity = activity;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    activity.received(buffers.stream().mapToInt(ByteBuffer::remaining).sum());
    long begun = System.nanoTime();
    try {
      for (ByteBuffer buffer : buffers) {
        if (sink.isPresent()) {
          sink.get().accept(buffer);
        } else {
          remember(buffer);
        }
      }
    } catch (IOException e) {
      stop(new LocalFailure(e));
      return;
    } catch (RegistryException | RuntimeException e) {
      stop(e);
      return;
    }
    activity.excuse(System.nanoTime() - begun);
    subscription.request(1);
  }

  @Override
  public void onError(Throwable error) {
    result.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    result.complete(memory.toByteArray());
  }

  private void remember(ByteBuffer buffer) throws RegistryException {
    if (memory.size() + buffer.remaining() > MEMORY_LIMIT) {
      throw new RegistryException(
          RegistryException.Kind.REJECTED,
          "tried to read the answer of a registry, but it is larger than %d bytes; check the address"
              .formatted(MEMORY_LIMIT));
    }
    byte[] chunk = new byte[buffer.remaining()];
    buffer.get(chunk);
    memory.writeBytes(chunk);
  }

  private void stop(Exception reason) {
    subscription.cancel();
    result.completeExceptionally(reason);
  }

  /** A failure of the sink, as distinct from one of the connection. */
  static final class LocalFailure extends Exception {
    private static final long serialVersionUID = 1L;

    LocalFailure(IOException cause) {
      super(cause);
    }

    IOException reason() {
      return (IOException) getCause();
    }
  }
}
