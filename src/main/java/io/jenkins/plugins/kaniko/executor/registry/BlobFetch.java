package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Pulls one blob; a connection that breaks is taken up again where it broke, if need be in another
 * place.
 */
final class BlobFetch {
  private final Descriptor blob;
  private final BlobSink sink;

  BlobFetch(Descriptor blob, OutputStream out, ProgressListener progress) {
    this.blob = blob;
    this.sink = new BlobSink("pull " + blob.digest(), blob, out, progress);
  }

  void from(Session session, Retry retry, ImageReference image)
      throws RegistryException, IOException {
    String action = "pull %s of %s".formatted(blob.digest(), image.familiarName());
    sink.source(action);
    retry.run(() -> attempt(session, action));
    sink.verify();
  }

  /** One connection; the last of them may have broken just behind the last byte. */
  private boolean attempt(Session session, String action) throws RegistryException, IOException {
    if (sink.received() > 0 && sink.isComplete()) {
      return true;
    }
    Call get = session.call(action, "GET", "blobs/" + blob.digest()).withSink(sink);
    if (sink.received() > 0) {
      get = get.withHeader("Range", "bytes=" + sink.received() + "-");
    }
    session.send(get);
    if (!sink.isComplete()) {
      throw new RegistryException(
              RegistryException.Kind.DIGEST_MISMATCH,
              "tried to %s, but the registry sent %d of its %d bytes; try again later"
                  .formatted(action, sink.received(), blob.size()))
          .passing(Optional.empty());
    }
    return true;
  }
}
