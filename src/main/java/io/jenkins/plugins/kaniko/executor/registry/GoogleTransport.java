package io.jenkins.plugins.kaniko.executor.registry;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Sends what Google's library asks as everything else is sent that goes to a cloud. */
final class GoogleTransport extends HttpTransport {
  /** Headers that whoever sends knows better; and an answer is not unpacked here. */
  private static final Set<String> OURS =
      Set.of("accept-encoding", "connection", "content-length", "expect", "host", "upgrade");

  private final CloudClient client;
  private final UnaryOperator<URI> address;
  private volatile String trouble;
  private volatile boolean interrupted;

  /**
   * @param address where an address is, as it is
   */
  GoogleTransport(CloudClient client, UnaryOperator<URI> address) {
    this.client = client;
    this.address = address;
  }

  /** Whether a request ended by an interrupt, which the library may forget. */
  boolean interrupted() {
    return interrupted;
  }

  /**
   * What went wrong last if there is no token, without a word of what was answered; empty if nobody
   * was asked.
   */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  protected LowLevelHttpRequest buildRequest(String method, String url) {
    return new Request(method, url);
  }

  private final class Request extends LowLevelHttpRequest {
    private final String method;
    private final String url;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();

    Request(String method, String url) {
      this.method = method;
      this.url = url;
    }

    @Override
    public void addHeader(String name, String value) {
      headers.add(Map.entry(name, value));
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
      URI uri = address.apply(URI.create(url));
      try {
        HttpResponse<byte[]> response = client.exchange(request(uri), uri);
        int status = response.statusCode();
        trouble =
            status == 200
                ? uri.getAuthority() + " gave none that can be used"
                : "%s answered %d".formatted(uri.getAuthority(), status);
        return new Response(response);
      } catch (IOException e) {
        trouble = e.getMessage();
        interrupted |= Thread.currentThread().isInterrupted();
        throw e;
      }
    }

    private HttpRequest.Builder request(URI uri) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (getStreamingContent() != null) {
        getStreamingContent().writeTo(body);
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .method(
                  method,
                  getStreamingContent() == null
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofByteArray(body.toByteArray()));
      headers.stream()
          .filter(header -> !OURS.contains(header.getKey().toLowerCase(Locale.ROOT)))
          .forEach(header -> request.header(header.getKey(), header.getValue()));
      if (getContentType() != null) {
        request.header("Content-Type", getContentType());
      }
      if (getContentEncoding() != null) {
        request.header("Content-Encoding", getContentEncoding());
      }
      return request;
    }
  }

  private static final class Response extends LowLevelHttpResponse {
    private final HttpResponse<byte[]> response;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();

    Response(HttpResponse<byte[]> response) {
      this.response = response;
      response
          .headers()
          .map()
          .forEach((name, values) -> values.forEach(value -> headers.add(Map.entry(name, value))));
    }

    @Override
    public InputStream getContent() {
      return new ByteArrayInputStream(response.body());
    }

    @Override
    public String getContentEncoding() {
      return response.headers().firstValue("Content-Encoding").orElse(null);
    }

    @Override
    public long getContentLength() {
      return response.body().length;
    }

    @Override
    public String getContentType() {
      return response.headers().firstValue("Content-Type").orElse(null);
    }

    @Override
    public String getStatusLine() {
      return "HTTP/1.1 " + response.statusCode();
    }

    @Override
    public int getStatusCode() {
      return response.statusCode();
    }

    @Override
    public String getReasonPhrase() {
      return "";
    }

    @Override
    public int getHeaderCount() {
      return headers.size();
    }

    @Override
    public String getHeaderName(int index) {
      return headers.get(index).getKey();
    }

    @Override
    public String getHeaderValue(int index) {
      return headers.get(index).getValue();
    }
  }
}
