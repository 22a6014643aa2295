package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.registry.Download;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.TransferProblem;
import java.io.IOException;
import java.net.URI;

/** Puts what there is to say of a result to an address, as kaniko does with signed ones. */
public final class RemoteResult {
  private RemoteResult() {}

  /** Puts a text to an http or https address. */
  public static void put(BuildRequest request, String address, String text)
      throws BuildException, InterruptedException {
    try {
      int status =
          Download.put(URI.create(address), text, RegistrySetup.of(request, warning -> {}));
      if (status / 100 != 2) {
        throw failure(address, "the server answers " + status, null);
      }
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the address, whose query may be a signature.
      throw failure(address, "that is no URL", null);
    } catch (RegistryException e) {
      throw failure(address, e.getMessage(), e);
    } catch (IOException e) {
      String reason = TransferProblem.of(e);
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
