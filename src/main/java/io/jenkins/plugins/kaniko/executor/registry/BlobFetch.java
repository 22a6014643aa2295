package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Pulls one blob; a connection that breaks is taken up again where it broke. */
final class BlobFetch {
  private final Session session;
  private final Retry retry;
  private final Descriptor blob;
  private final String action;

  BlobFetch(Session session, Retry retry, ImageReference image, Descriptor blob) {
    this.session = session;
    this.retry = retry;
    this.blob = blob;
    this.action = "pull %s of %s".formatted(blob.digest(), image.familiarName());
  }

  void to(OutputStream out, ProgressListener progress) throws RegistryException, IOException {
    BlobSink sink = new BlobSink(action, blob, out, progress);
    retry.run(() -> attempt(sink));
    sink.verify();
  }

  private Reply attempt(BlobSink sink) throws RegistryException, IOException {
    Call get = session.call(action, "GET", "blobs/" + blob.digest()).withSink(sink);
    if (sink.received() > 0) {
      get = get.withHeader("Range", "bytes=" + sink.received() + "-");
    }
    Reply reply = session.send(get);
    if (!sink.isComplete()) {
      throw new RegistryException(
              RegistryException.Kind.DIGEST_MISMATCH,
              "tried to %s, but the registry sent %d of its %d bytes; try again later"
                  .formatted(action, sink.received(), blob.size()))
          .passing(Optional.empty());
    }
    return reply;
  }
}
