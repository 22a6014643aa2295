package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests: one attempt each, with a limit on silence, and redirects only to where the policy
 * lets us go.
 *
 * <p>HTTP/1.1 alone, so that every transfer has a connection of its own and none can stall another.
 */
final class HttpTransport implements AutoCloseable {
  private static final int MAX_REDIRECTS = 5;
  private static final int PROXY_LOGIN = 407;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** A registry may copy a large blob within its storage before it answers the end of an upload. */
  private static final Duration COMMIT_PATIENCE = Duration.ofMinutes(5);

  private final RegistryOptions options;
  private final ExecutorService threads;
  private final Map<String, HttpClient> clients = new HashMap<>();

  HttpTransport(RegistryOptions options) {
    this.options = options;
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "registry-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Sends a call and reads the answer, whatever its status.
   *
   * @throws IOException if the sink or the source of the call failed
   */
  Reply send(Call call) throws RegistryException, IOException {
    Call next = call;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      Reply reply = exchange(next);
      Optional<String> location = reply.header("Location");
      boolean follow = call.method().equals("GET") || call.method().equals("HEAD");
      if (!follow || !REDIRECTS.contains(reply.status()) || location.isEmpty()) {
        return reply;
      }
      next = redirect(next, location.get());
    }
    throw new RegistryException(
        Kind.OTHER,
        "tried to %s, but the registry redirects without end; check its address"
            .formatted(call.action()));
  }

  /**
   * Resolves an address that a registry gave us, and refuses a step from TLS down to plain HTTP.
   */
  URI follow(Call call, String location) throws RegistryException {
    URI target;
    try {
      target = call.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          Kind.OTHER,
          "tried to %s, but the registry refers to an address that is none"
              .formatted(call.action()),
          e);
    }
    String scheme = String.valueOf(target.getScheme());
    String authority = target.getAuthority();
    if (scheme.equals("https")) {
      return target;
    }
    if (!scheme.equals("http") || authority == null) {
      throw new RegistryException(
          Kind.OTHER,
          "tried to %s, but the registry refers to a %s address".formatted(call.action(), scheme));
    }
    boolean cameOverTls = call.uri().getScheme().equals("https");
    if (cameOverTls && host(target).equals(host(call.uri()))) {
      // A registry behind a proxy that ends TLS often does not know its own scheme.
      return call.uri()
          .resolve(
              target.getRawPath()
                  + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()));
    }
    if (cameOverTls && options.policy(authority, call.endpoint().access()) != HostPolicy.HTTP) {
      throw new RegistryException(
          Kind.TLS,
          "tried to %s, but the registry refers to plain HTTP at %s; name that with --insecure-registry %s if you trust it"
              .formatted(call.action(), authority, authority));
    }
    return target;
  }

  @Override
  public synchronized void close() {
    threads.shutdownNow();
    clients.values().forEach(SelectorThread::end);
  }

  private static String host(URI uri) {
    return uri.getAuthority().replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
  }

  private Call redirect(Call call, String location) throws RegistryException {
    URI target = follow(call, location);
    Call moved = call.withUri(target);
    if (target.getAuthority().equals(call.uri().getAuthority())) {
      return moved;
    }
    // The storage behind a registry is no party to its credentials.
    return moved.withoutHeader("Authorization");
  }

  private Reply exchange(Call call) throws RegistryException, IOException {
    Activity activity = new Activity();
    CompletableFuture<HttpResponse<byte[]>> future;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(call.uri())
              .method(
                  call.method(),
                  call.upload().map(u -> u.publisher(activity)).orElse(BodyPublishers.noBody()))
              .header("User-Agent", options.userAgent());
      call.headers().forEach(request::header);
      options.proxies().authorize(request, call.uri());
      future =
          client(call)
              .sendAsync(
                  request.build(),
                  head -> {
                    activity.touch();
                    boolean good = head.statusCode() / 100 == 2;
                    call.sink().filter(s -> good).ifPresent(s -> s.begin(head.statusCode()));
                    return new ReplyReader(call.sink().filter(s -> good), activity);
                  });
    } catch (IllegalArgumentException e) {
      // The cause could quote a header, and one of them holds the credentials.
      throw new RegistryException(
          Kind.OTHER,
          "tried to %s, but the address or a token of the registry has characters that HTTP does not allow"
              .formatted(call.action()));
    }
    HttpResponse<byte[]> response = await(call, future, activity);
    if (response.statusCode() == PROXY_LOGIN) {
      throw Failures.proxyLogin(call, proxy(call));
    }
    return new Reply(response.statusCode(), response.headers(), response.body(), response.uri());
  }

  private HttpResponse<byte[]> await(
      Call call, CompletableFuture<HttpResponse<byte[]>> future, Activity activity)
      throws RegistryException, IOException {
    while (true) {
      boolean committing = call.upload().filter(Upload::isLargeAndSent).isPresent();
      Duration patience = committing ? COMMIT_PATIENCE : call.patience();
      Duration left = activity.left(patience);
      if (left.isNegative()) {
        future.cancel(true);
        throw Failures.silence(call, patience);
      }
      Optional<HttpResponse<byte[]>> response = poll(call, future, left);
      if (response.isPresent()) {
        return response.get();
      }
    }
  }

  /** Waits for the answer; nothing if the time is over, in which something may have moved. */
  private Optional<HttpResponse<byte[]>> poll(
      Call call, CompletableFuture<HttpResponse<byte[]>> future, Duration time)
      throws RegistryException, IOException {
    try {
      return Optional.of(future.get(time.toMillis() + 1, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new RegistryException(
          Kind.OTHER, "tried to %s, but was interrupted".formatted(call.action()), e);
    } catch (ExecutionException e) {
      throw failure(call, e.getCause());
    }
  }

  private RegistryException failure(Call call, Throwable cause) throws IOException {
    Optional<IOException> source = call.upload().flatMap(Upload::failure);
    if (source.isPresent()) {
      throw source.get();
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ReplyReader.LocalFailure local) {
        throw local.reason();
      }
      if (t instanceof RegistryException known) {
        return known;
      }
    }
    return Failures.network(call, proxy(call), cause);
  }

  private Optional<String> proxy(Call call) {
    return options.proxies().describe(call.uri());
  }

  private synchronized HttpClient client(Call call) throws RegistryException {
    String host = call.uri().getAuthority();
    // Plain HTTP spares the truststore, which takes long to load.
    boolean verify =
        call.uri().getScheme().equals("https")
            && options.verifiesTls(host, call.endpoint().access());
    String key = options.tls().key(host, verify);
    HttpClient known = clients.get(key);
    if (known == null) {
      HttpClient.Builder fresh = client();
      options.tls().of(host, verify).ifPresent(fresh::sslContext);
      known = fresh.build();
      clients.put(key, known);
    }
    return known;
  }

  private HttpClient.Builder client() {
    return options
        .proxies()
        .install(HttpClient.newBuilder())
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(options.connectTimeout())
        .executor(threads);
  }
}
