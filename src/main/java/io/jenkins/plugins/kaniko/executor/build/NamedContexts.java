package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.oci.History;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import io.jenkins.plugins.kaniko.executor.source.GitRepositories;
import io.jenkins.plugins.kaniko.executor.source.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The contexts of {@code --build-context}. As in BuildKit one stands in for the stage of its name,
 * and for the image of its name wherever FROM or {@code --from} would look for one. Nothing is
 * opened before somebody asks for it; several stages may ask at once.
 */
final class NamedContexts {
  static final String IMAGE = "docker-image://";
  static final String LAYOUT = "oci-layout://";
  private static final String LATEST = ":latest";

  private final BuildSession session;
  private final BaseImages images;
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Origin> directories = new HashMap<>();
  private final Map<String, StageState> bases = new HashMap<>();

  NamedContexts(BuildSession session, BaseImages images) {
    this.session = session;
    this.images = images;
    session.request().sourceOptions().contexts().forEach((name, v) -> values.put(key(name), v));
  }

  /** Names of one image are one name: {@code alpine} is {@code docker.io/library/alpine:latest}. */
  private static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String key = lower;
    try {
      key = ImageReference.parse(lower).familiarName();
    } catch (IllegalArgumentException e) {
      // A name that no image can have; stages may.
    }
    return key.endsWith(LATEST) ? key.substring(0, key.length() - LATEST.length()) : key;
  }

  /** Whether a request gives a context of that name. */
  static boolean isGiven(SourceOptions options, String name) {
    return options.contexts().keySet().stream().anyMatch(given -> key(given).equals(key(name)));
  }

  /** Whether there is a context of that name. */
  boolean has(String name) {
    return values.containsKey(key(name));
  }

  /**
   * The context of a name.
   *
   * @param user the instruction that asks for it
   * @param platform of an image; empty for the build's own
   */
  synchronized Optional<Origin> find(Instruction user, String name, Optional<Platform> platform)
      throws BuildException, InterruptedException {
    String key = key(name);
    String value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    String label = "context " + name;
    if (value.startsWith(IMAGE)) {
      String image = value.substring(IMAGE.length());
      return Optional.of(new Origin.Image(images.image(user, image, platform), label));
    }
    if (value.startsWith(LAYOUT)) {
      String layout = value.substring(LAYOUT.length());
      StageState state =
          new LayoutImage(session, user, layout).state(platform.orElse(session.platform()));
      return Optional.of(new Origin.Image(state, label));
    }
    Origin known = directories.get(key);
    if (known == null) {
      known = new Origin.Directory(open(user, name, value), label);
      directories.put(key, known);
    }
    return Optional.of(known);
  }

  /** What a stage that starts from a context begins with. */
  synchronized Optional<StageState> base(Instruction user, String name, Optional<Platform> platform)
      throws BuildException, InterruptedException {
    Optional<Origin> origin = find(user, name, platform);
    if (origin.isEmpty()) {
      return Optional.empty();
    }
    if (origin.get() instanceof Origin.Image image) {
      return Optional.of(image.state().child());
    }
    Origin.Directory directory = (Origin.Directory) origin.get();
    StageState state = bases.get(key(name));
    if (state == null) {
      state = layered(user, directory, platform.orElse(session.platform()));
      bases.put(key(name), state);
    }
    return Optional.of(state.child());
  }

  private BuildContext open(Instruction user, String name, String value)
      throws BuildException, InterruptedException {
    RemoteSources remote = new RemoteSources(session.request(), session.directory().path());
    try {
      if (GitAddress.isGit(value)) {
        GitAddress address = GitAddress.parse(value);
        GitRepositories.Checkout checkout =
            remote.repository(address, address.keepGitDir().orElse(false));
        session.message(BuildEvent.Level.INFO, "context " + name + ": commit " + checkout.commit());
        return BuildContext.ofRootfs(checkout.directory());
      }
      if (value.matches("https?://.*")) {
        return BuildContext.ofRootfs(remote.archive(value));
      }
      return BuildContext.openNamed(
          Path.of(value),
          List.of(session.request().kanikoDir(), session.request().storeDirectory()));
    } catch (IOException e) {
      throw Failures.io("fetch context " + name, e);
    } catch (ContextException | SourceException | UnusableException e) {
      throw Failures.at(
          user, "tried to use --build-context " + name + ", but " + reason(e.getMessage()), e);
    }
  }

  /** The sentence of the context without its own beginning. */
  private static String reason(String message) {
    return message.replaceFirst("^tried to .*?, but ", "");
  }

  /** An image whose one layer has the files of a directory. */
  private StageState layered(Instruction user, Origin.Directory directory, Platform platform)
      throws BuildException, InterruptedException {
    StageState state = images.scratch(platform);
    Instant now = session.imageTime();
    try {
      CopyPlan plan =
          new CopyPlan(
              MergedTree.of(List.of()),
              new CopyPlan.Attributes(
                  Optional.of(Users.Owner.ROOT), Optional.empty(), now.getEpochSecond()));
      CopySource source = directory.source(session);
      for (Item item : source.match("/")) {
        plan.copy(source, item, "/", true);
      }
      String mediaType = session.layerType(state.format());
      state.addLayer(
          OwnLayer.write(session, mediaType, plan.items(), Optional.empty()),
          History.of(now, directory.name(), Optional.of("kaniko-build"), false));
      return state;
    } catch (UnusableException e) {
      throw Failures.at(user, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("read " + directory.name(), e);
    }
  }
}
