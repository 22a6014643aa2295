package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/**
 * Brings one blob into a repository: a look, a mount, or a POST and one PUT with the whole content
 * (distribution-spec, "POST then PUT"). An upload that fails is begun again with a new POST, since
 * nobody knows what the old one holds.
 */
final class BlobPush {
  private static final int CREATED = 201;

  private final Session session;
  private final Digest digest;
  private final String action;

  BlobPush(Session session, ImageReference repository, Digest digest) {
    this.session = session;
    this.digest = digest;
    this.action = "push %s to %s".formatted(digest, repository.name());
  }

  boolean exists() throws RegistryException, IOException {
    String look = action.replaceFirst("^push (\\S+) to", "look for $1 in");
    // Where HEAD is not allowed nobody knows; an upload does no harm.
    return session.send(session.call(look, "HEAD", "blobs/" + digest), 404, 405, 501).succeeded();
  }

  PushOutcome run(
      long size, BlobSource source, Optional<String> mountFrom, ProgressListener progress)
      throws RegistryException, IOException {
    if (exists()) {
      progress.progress(size, size);
      return PushOutcome.EXISTED;
    }
    Call start = session.call(action, "POST", "blobs/uploads/");
    Optional<Reply> mount = mountFrom.isPresent() ? mount(mountFrom.get()) : Optional.empty();
    if (mount.isPresent() && mount.get().status() == CREATED) {
      progress.progress(size, size);
      return PushOutcome.MOUNTED;
    }
    // A registry that does not mount has begun an upload instead.
    Reply started = mount.isPresent() ? mount.get() : session.send(start);
    Call put = session.next(start, started, "PUT");
    session.send(
        put.withUri(withDigest(put.uri()))
            .withHeader("Content-Type", "application/octet-stream")
            .withUpload(new Upload(source, size, progress)));
    return PushOutcome.UPLOADED;
  }

  /** A mount is a favour: whatever speaks against it, an upload is the answer. */
  private Optional<Reply> mount(String from) throws IOException {
    Session wider = session.mountingFrom(from);
    try {
      return Optional.of(
          wider.send(
              wider.call(action, "POST", "blobs/uploads/?mount=" + digest + "&from=" + from)));
    } catch (RegistryException e) {
      return Optional.empty();
    }
  }

  private URI withDigest(URI location) {
    String separator = location.getRawQuery() == null ? "?" : "&";
    return URI.create(location + separator + "digest=" + digest);
  }
}
