package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One request to a server that is no registry, with a limit on silence. */
final class Exchange {
  private Exchange() {}

  /** A client with the proxies and the authorities of the options, which follows no redirect. */
  static HttpClient client(RegistryOptions options, URI uri, Duration connectTimeout)
      throws RegistryException {
    HttpClient.Builder client =
        options
            .proxies()
            .install(HttpClient.newBuilder())
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout);
    if ("https".equalsIgnoreCase(uri.getScheme()) && uri.getAuthority() != null) {
      options.tls().of(uri.getAuthority(), true).ifPresent(client::sslContext);
    }
    return client.build();
  }

  /**
   * Sends a request and reads the answer.
   *
   * @param patience with a server that sends nothing, before its answer or within
   */
  static <T> HttpResponse<T> send(
      HttpClient client, HttpRequest request, BodyHandler<T> handler, Duration patience)
      throws IOException, InterruptedException {
    Activity activity = new Activity();
    CompletableFuture<HttpResponse<T>> future =
        client.sendAsync(
            request,
            head -> {
              activity.touch();
              return new Watched<>(handler.apply(head), activity);
            });
    while (true) {
      Duration left = activity.left(patience);
      if (left.isNegative()) {
        future.cancel(true);
        throw new HttpTimeoutException(
            "nothing came for %d seconds".formatted(Math.max(1, patience.toSeconds())));
      }
      try {
        return future.get(left.toMillis() + 1, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // Something may have come in the meantime.
      } catch (InterruptedException e) {
        future.cancel(true);
        throw e;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      }
    }
  }

  /** Takes note of what comes. */
  private record Watched<T>(BodySubscriber<T> reader, Activity activity)
      implements BodySubscriber<T> {
    @Override
    public CompletionStage<T> getBody() {
      return reader.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      reader.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      activity.received(buffers.stream().mapToInt(ByteBuffer::remaining).sum());
      long begun = System.nanoTime();
      reader.onNext(buffers);
      activity.excuse(System.nanoTime() - begun);
    }

    @Override
    public void onError(Throwable error) {
      reader.onError(error);
    }

    @Override
    public void onComplete() {
      reader.onComplete();
    }
  }
}
