package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.registry.Proxies;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Puts what there is to say of a result to an address, as kaniko does with signed ones. */
public final class RemoteResult {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private RemoteResult() {}

  /** Puts a text to an http or https address. */
  public static void put(String address, String text) throws BuildException, InterruptedException {
    try {
      URI uri = URI.create(address);
      Proxies proxies = Proxies.of(System.getenv());
      HttpClient client = proxies.install(HttpClient.newBuilder()).connectTimeout(PATIENCE).build();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(PATIENCE)
              .header("Content-Type", "text/plain; charset=utf-8")
              .PUT(BodyPublishers.ofString(text));
      HttpResponse<Void> response =
          client.send(proxies.authorize(request, uri).build(), BodyHandlers.discarding());
      if (response.statusCode() / 100 != 2) {
        throw failure(address, "the server answers " + response.statusCode(), null);
      }
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the address, whose query may be a signature.
      throw failure(address, "that is no URL", null);
    } catch (RegistryException e) {
      throw failure(address, e.getMessage(), e);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw failure(address, "the transfer failed (" + reason + ")", e);
    }
  }

  private static BuildException failure(String address, String reason, Throwable cause) {
    return new BuildException(
        Category.ENVIRONMENT,
        "tried to put the result to "
            + RemoteFile.shown(address)
            + ", but "
            + reason
            + "; the image itself is done: check the address",
        cause);
  }
}
