package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The adapter over the distribution-spec's verbs. */
final class DistributionRegistry implements Registry {
  private final RegistryOptions options;
  private final Keychain keychain;
  private final HttpTransport transport;
  private final Retry retry;
  private final Retry pushRetry;
  private final Sources sources;
  private final Map<String, Authenticator> authenticators = new ConcurrentHashMap<>();

  DistributionRegistry(RegistryOptions options, Keychain keychain) {
    this.options = options;
    this.keychain = keychain;
    this.transport = new HttpTransport(options);
    this.retry = new Retry(options, 0);
    this.pushRetry = new Retry(options, options.moreRetries().push());
    this.sources = new Sources(options);
  }

  @Override
  public ResolvedImage resolve(ImageReference image, Platform platform) throws RegistryException {
    Retry patient = new Retry(options, options.moreRetries().resolve());
    ResolvedImage found =
        inMemory(
            () ->
                sources.first(
                    image,
                    place ->
                        new ImageResolver(session(place, Access.PULL), patient, place, platform)
                            .resolve()));
    return new ResolvedImage(
        image,
        found.manifestDigest(),
        found.indexes(),
        found.manifest(),
        found.config(),
        found.platformMatches());
  }

  @Override
  public void fetchBlob(
      ImageReference repository, Descriptor blob, OutputStream out, ProgressListener progress)
      throws RegistryException, IOException {
    Retry patient = new Retry(options, options.moreRetries().fetch());
    BlobFetch fetch = new BlobFetch(blob, out, progress);
    sources.first(
        repository,
        place -> {
          fetch.from(session(place, Access.PULL), patient, place);
          return place;
        });
  }

  @Override
  public boolean hasBlob(ImageReference repository, Digest digest) throws RegistryException {
    BlobPush push = new BlobPush(session(repository, Access.PUSH), repository, digest);
    return inMemory(() -> retry.run(push::exists));
  }

  @Override
  public PushOutcome pushBlob(
      ImageReference repository,
      Descriptor blob,
      BlobSource source,
      Optional<ImageReference> mountFrom,
      ProgressListener progress)
      throws RegistryException, IOException {
    BlobPush push = new BlobPush(session(repository, Access.PUSH), repository, blob.digest());
    Optional<String> mount =
        mountFrom
            .map(sources::known)
            .filter(from -> from.registry().equals(repository.registry()))
            .map(ImageReference::repository)
            .filter(from -> !from.equals(repository.repository()));
    return pushRetry.run(() -> push.run(blob.size(), source, mount, progress));
  }

  @Override
  public Digest pushManifest(ImageReference target, Manifest manifest) throws RegistryException {
    Session session = session(target, Access.PUSH);
    Digest digest = manifest.digest();
    byte[] bytes = manifest.toBytes();
    Call put =
        session
            .call(
                "push " + target.familiarName(),
                "PUT",
                "manifests/" + target.tag().orElse(digest.toString()))
            .withHeader("Content-Type", manifest.mediaType());
    Reply reply =
        inMemory(() -> pushRetry.run(() -> session.send(put.withUpload(Upload.of(bytes)))));
    Optional<String> stored = reply.header("Docker-Content-Digest");
    if (stored.isPresent() && !stored.get().equals(digest.toString())) {
      throw new RegistryException(
          Kind.DIGEST_MISMATCH,
          "tried to push %s as %s, but the registry stored it as %s; it alters manifests"
              .formatted(
                  target.familiarName(), digest, stored.get().replaceAll("[^\\w:+.-]", "?")));
    }
    return digest;
  }

  @Override
  public void checkPush(ImageReference repository) throws RegistryException {
    Session session = session(repository, Access.PUSH);
    Call start = session.call("push to " + repository.name(), "POST", "blobs/uploads/");
    inMemory(
        () -> {
          Reply started = retry.run(() -> session.send(start));
          cancel(session, start, started);
          return started;
        });
  }

  @Override
  public void close() {
    transport.close();
  }

  /**
   * An upload that cannot be cancelled is swept by the registry in its own time: not worth a
   * failure.
   */
  private static void cancel(Session session, Call start, Reply started) throws IOException {
    try {
      session.send(session.next(start, started, "DELETE"), 404, 405);
    } catch (RegistryException e) {
      return;
    }
  }

  private Session session(ImageReference image, Access access) {
    Endpoint endpoint = Endpoint.of(image, access, options);
    Authenticator authenticator =
        authenticators.computeIfAbsent(
            access + " " + endpoint.registry(),
            key -> new Authenticator(endpoint, transport, options, keychain));
    Scope scope = new Scope(image.repository(), access, Optional.empty());
    return new Session(endpoint, scope, authenticator, transport, options.idleTimeout());
  }

  /** For operations without a sink or a source that could fail. */
  private static <T> T inMemory(Retry.Operation<T> operation) throws RegistryException {
    try {
      return operation.run();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }
}
