package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.cache.BuildDirectory;
import io.jenkins.plugins.kaniko.executor.cache.ContentStore;
import io.jenkins.plugins.kaniko.executor.cache.SharedCache;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Dockerfile;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Lint;
import io.jenkins.plugins.kaniko.executor.dockerfile.RunInstruction;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.registry.Registries;
import io.jenkins.plugins.kaniko.executor.registry.Registry;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.rootfs.InPlace;
import io.jenkins.plugins.kaniko.executor.rootfs.RootFilesystems;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.OverlaySupport;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandbox;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Builds one image and pushes it. */
final class ImageBuilder {
  /** Where zstd-jni and JNA unpack their libraries. */
  private static final List<String> NATIVE_CODE = List.of("ZstdTempFolder", "jna.tmpdir");

  private final Decision decision;
  private final boolean undecided;
  private final Clock clock;

  /**
   * A builder that stands on a rung of the sandbox ladder.
   *
   * @param undecided there is no sandbox because nothing seemed to need one: a command that has to
   *     run after all is a {@link SandboxNeededException}
   * @param clock of every time that enters an image or an event
   */
  ImageBuilder(Decision decision, boolean undecided, Clock clock) {
    this.decision = decision;
    this.undecided = undecided;
    this.clock = clock;
  }

  /**
   * Whether the Dockerfile runs commands, as far as it tells itself; one that is not here yet may.
   * False also for one that cannot be read: {@link #build} will say why.
   */
  static boolean mentionsCommands(BuildRequest request) throws InterruptedException {
    if (MainContext.isRemote(request)) {
      return true;
    }
    try {
      Path path = BuildContext.findDockerfile(request.contextRoot(), request.dockerfile());
      return parse(request, path).stages().stream()
          .flatMap(stage -> stage.instructions().stream())
          .anyMatch(RunInstruction.class::isInstance);
    } catch (ContextException | BuildException e) {
      return false;
    }
  }

  /** Whether this Dockerfile was built here before, so that the cache may have all of it. */
  static boolean mayBeCached(BuildRequest request) throws InterruptedException {
    if (!request.cacheOptions().enabled() || request.noCache().everything()) {
      return false;
    }
    try {
      Path path = BuildContext.findDockerfile(request.contextRoot(), request.dockerfile());
      return store(request).isNoted(StepCache.hint(request, parse(request, path)));
    } catch (ContextException | BuildException e) {
      return false;
    }
  }

  /**
   * Runs the build that is asked for. Emits everything but {@link BuildEvent.Failed}, which is the
   * caller's way to report the exception.
   *
   * @throws BuildException if it fails; nothing is left behind but the store
   * @throws InterruptedException if the thread is interrupted; what was begun is cleaned up first
   */
  BuildResult build(BuildRequest request, EventSink events)
      throws BuildException, InterruptedException {
    try {
      BuildResult result = heal(request, events);
      StoreCare.afterBuild(request, events);
      return result;
    } catch (BuildException e) {
      // A disk that is full may have been filled by what nobody uses any more.
      StoreCare.afterBuild(request, events);
      throw e;
    }
  }

  private BuildResult heal(BuildRequest request, EventSink events)
      throws BuildException, InterruptedException {
    try {
      return attempt(request, events, true);
    } catch (DamagedCacheException e) {
      events.emit(
          new BuildEvent.Message(
              clock.instant(),
              BuildEvent.Level.WARN,
              "cache: " + e.getMessage() + "; the build begins anew, without it"));
      return attempt(request, events, false);
    }
  }

  private BuildResult attempt(BuildRequest request, EventSink events, boolean reuse)
      throws BuildException, InterruptedException {
    try {
      return buildOnDisk(request, events, reuse);
    } catch (DiskFullException e) {
      throw e.on(request.storeDirectory());
    }
  }

  private BuildResult buildOnDisk(BuildRequest request, EventSink events, boolean reuse)
      throws BuildException, InterruptedException {
    List<ImageReference> destinations = destinations(request);
    ExecutorService background = DaemonThreads.pool("build");
    try (BuildDirectory directory = store(request).beginBuild()) {
      useForNativeCode(directory);
      Path root =
          new MainContext(
                  request,
                  (level, text) ->
                      events.emit(new BuildEvent.Message(clock.instant(), level, text)))
              .root(directory.path());
      Path dockerfilePath = Dockerfiles.find(request, root, directory.path());
      Dockerfile dockerfile = parse(request, dockerfilePath);
      BuildContext context =
          BuildContext.open(
              root, dockerfilePath, List.of(request.kanikoDir(), request.storeDirectory()));
      try (Registry registry = Registries.open(RegistrySetup.of(request, events, clock));
          Sandbox sandbox = sandbox(directory);
          InPlace inPlace = inPlace(request, root)) {
        try {
          PullWatch watch = new PullWatch(events);
          BuildSession session =
              new BuildSession(
                  request,
                  watch,
                  clock,
                  dockerfile,
                  context,
                  store(request),
                  directory,
                  registry,
                  sandbox,
                  decision,
                  undecided,
                  rootKind(sandbox, directory, events),
                  Optional.ofNullable(inPlace),
                  platform(request),
                  background);
          Optional<SharedCache> shared =
              SharedCaches.open(
                  request.cacheOptions(),
                  destinations,
                  registry,
                  text -> session.message(BuildEvent.Level.WARN, "cache: " + text));
          StepCache cache = new StepCache(session, shared, reuse);
          BuildResult result = new BuildRun(session, destinations, cache).run();
          if (cache.hadEverything() && !watch.hasPulled()) {
            session.message(
                BuildEvent.Level.INFO, "cache: it had every step, and no layer was fetched");
          }
          return result;
        } finally {
          // Whoever still works needs the registry to take leave of, and must have stopped before
          // the directory is deleted.
          background.shutdownNow();
          awaitQuietly(background);
        }
      } catch (RegistryException e) {
        throw Failures.registry(e);
      } catch (SandboxException e) {
        throw new BuildException(Category.ENVIRONMENT, e.getMessage(), e);
      }
    } catch (ContextException e) {
      throw new BuildException(Category.USAGE, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("use the store " + request.storeDirectory(), e);
    } finally {
      background.shutdownNow();
      // They name a directory that is gone.
      NATIVE_CODE.forEach(System::clearProperty);
    }
  }

  /** Elsewhere nothing may be written, or nothing that is written may be loaded. */
  private static void useForNativeCode(BuildDirectory directory) throws IOException {
    String place = Files.createDirectory(directory.path().resolve("native")).toString();
    NATIVE_CODE.forEach(property -> System.setProperty(property, place));
  }

  private Sandbox sandbox(BuildDirectory directory) throws SandboxException, IOException {
    return decision.rung() == Rung.NONE
        ? Sandboxes.none(decision)
        : Sandboxes.open(Files.createDirectory(directory.path().resolve("sandbox")));
  }

  /** Null where the root of this container stays as it is. */
  private InPlace inPlace(BuildRequest request, Path context) throws IOException {
    if (decision.rung() != Rung.IN_PLACE) {
      return null;
    }
    return InPlace.open(OwnPaths.of(request, context));
  }

  private static void awaitQuietly(ExecutorService background) {
    boolean interrupted = Thread.interrupted();
    try {
      background.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ContentStore store(BuildRequest request)
      throws BuildException, InterruptedException {
    try {
      return ContentStore.open(request.storeDirectory());
    } catch (IOException e) {
      throw Failures.io("open the store " + request.storeDirectory(), e);
    }
  }

  private static Dockerfile parse(BuildRequest request, Path path)
      throws BuildException, InterruptedException {
    try {
      Dockerfile dockerfile = Dockerfiles.parse(request, Dockerfiles.text(request, path));
      Lint.of(dockerfile).enforce(List.of());
      return dockerfile;
    } catch (DockerfileException e) {
      throw Failures.dockerfile(e);
    }
  }

  private static List<ImageReference> destinations(BuildRequest request) throws BuildException {
    List<ImageReference> references = new ArrayList<>();
    for (String destination : request.destinations()) {
      try {
        references.add(ImageReference.parseTag(destination));
      } catch (IllegalArgumentException e) {
        String advice =
            destination.contains("=")
                ? "; one stage is pushed: build several with one --target after the other and --cache"
                : "";
        throw new BuildException(
            Category.USAGE,
            "tried to use --destination " + destination + ", but " + e.getMessage() + advice,
            e);
      }
    }
    return references;
  }

  /** The platform that a request builds for. */
  static Platform platform(BuildRequest request) throws BuildException {
    if (request.customPlatform().isEmpty()) {
      return Platform.current();
    }
    try {
      return Platform.parse(request.customPlatform().get());
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE,
          "tried to use --custom-platform "
              + request.customPlatform().get()
              + ", but "
              + e.getMessage(),
          e);
    }
  }

  private BuildSession.RootKind rootKind(
      Sandbox sandbox, BuildDirectory directory, EventSink events)
      throws SandboxException, InterruptedException, IOException {
    if (sandbox.rung() == Rung.NONE) {
      return BuildSession.RootKind.NONE;
    }
    RootFilesystems.warmUp();
    if (sandbox.rung() == Rung.CHROOT || sandbox.rung() == Rung.IN_PLACE) {
      return BuildSession.RootKind.DIRECTORY;
    }
    Optional<String> refused = OverlaySupport.probe(directory.path());
    if (refused.isEmpty()) {
      return BuildSession.RootKind.OVERLAY;
    }
    events.emit(
        new BuildEvent.Message(
            clock.instant(),
            BuildEvent.Level.WARN,
            "overlayfs cannot be used in "
                + directory.path().getParent()
                + " ("
                + refused.get()
                + "); stages are plain directories, which is slower: choose another --store-dir"));
    return BuildSession.RootKind.DIRECTORY;
  }
}
