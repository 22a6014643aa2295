package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import io.jenkins.plugins.kaniko.executor.context.ContextException;
import io.jenkins.plugins.kaniko.executor.context.Glob;
import io.jenkins.plugins.kaniko.executor.context.PathPatterns;
import io.jenkins.plugins.kaniko.executor.dockerfile.AddInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.CopyInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Heredoc;
import io.jenkins.plugins.kaniko.executor.dockerfile.TransferInstruction;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import io.jenkins.plugins.kaniko.executor.layer.MergedTree;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import io.jenkins.plugins.kaniko.executor.source.GitRepositories;
import io.jenkins.plugins.kaniko.executor.source.SourceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** COPY and ADD: from sources to the entries of a layer. */
final class CopyStep {
  private final BuildSession session;

  CopyStep(BuildSession session) {
    this.session = session;
  }

  /**
   * Something to copy.
   *
   * @param source that lists what is below the item
   * @param local files that ADD unpacks unless it is told not to
   */
  record Found(CopySource source, Item item, boolean local) {}

  /**
   * Finds what an instruction copies; remote files are fetched.
   *
   * @param instruction with its variables expanded
   * @param source the context, or what {@code --from} names
   */
  List<Found> find(TransferInstruction instruction, CopySource source)
      throws BuildException, InterruptedException {
    try {
      return found(instruction, source);
    } catch (UnusableException | ContextException e) {
      throw Failures.at(instruction, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("copy " + String.join(" ", instruction.sources()), e);
    }
  }

  /**
   * Plans the layer of an instruction; parameters as of {@link #find}.
   *
   * @param found what that has found
   * @param fromContext files get the owner root unless {@code --chown} says otherwise
   */
  List<LayerItem> items(
      TransferInstruction instruction,
      StageState state,
      CopySource source,
      List<Found> found,
      boolean fromContext)
      throws BuildException, InterruptedException {
    try {
      // A linked layer is made as if there were nothing below it.
      MergedTree target = instruction.link() ? MergedTree.of(List.of()) : state.tree();
      CopyPlan plan = new CopyPlan(target, attributes(instruction, target, fromContext));
      verify(instruction, found);
      String written = instruction.destination();
      boolean directory = endsLikeDirectory(written);
      boolean several = instruction.sources().size() + instruction.heredocs().size() > 1;
      if (found.size() > 1 && !directory && several) {
        throw new UnusableException(
            "tried to copy several sources to "
                + written
                + ", but it is not named as a directory; end the destination with a slash");
      }
      String destination = absolute(state.workingDirectory(), written);
      for (Found each : found) {
        if (isUnpacked(instruction, each)) {
          new Archive(session, each.item())
              .unpack(
                  plan,
                  target.resolve(destination, true),
                  attributes(instruction, target, false).owner());
        } else {
          plan.copy(each.source(), each.item(), destination, directory);
        }
      }
      source.prefetch(plan.files());
      return plan.items();
    } catch (UnusableException e) {
      throw Failures.at(instruction, e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.io("copy " + String.join(" ", instruction.sources()), e);
    }
  }

  private List<Found> found(TransferInstruction instruction, CopySource source)
      throws UnusableException, ContextException, IOException, InterruptedException {
    PathPatterns except = PathPatterns.of("--exclude", instruction.exclude());
    List<Found> found = new ArrayList<>();
    for (String pattern : instruction.sources()) {
      if (instruction instanceof CopyInstruction copy && copy.parents()) {
        found.addAll(withParents(instruction, source, pattern, except));
        continue;
      }
      if (instruction instanceof AddInstruction add && GitAddress.isGit(pattern)) {
        found.add(repository(add, pattern, except));
        continue;
      }
      if (instruction instanceof AddInstruction && RemoteFile.isAddress(pattern)) {
        found.add(new Found(source, RemoteFile.fetch(session, pattern), false));
        continue;
      }
      List<Item> matches = source.match(pattern);
      if (matches.isEmpty()) {
        tellEmpty(instruction, pattern);
      }
      for (Item item : matches) {
        boolean named = item.entry().isDirectory() && !Glob.isWildcard(pattern);
        if (named || !except.matches(item.name())) {
          found.add(
              new Found(
                  new SelectiveSource(source, item.entry().path(), Optional.empty(), except),
                  item,
                  true));
        }
      }
    }
    for (Heredoc heredoc : instruction.heredocs()) {
      found.add(new Found(source, inline(heredoc), false));
    }
    return found;
  }

  /** The files of a repository, to be copied as those of a directory are. */
  private Found repository(AddInstruction add, String source, PathPatterns except)
      throws UnusableException, ContextException, IOException, InterruptedException {
    try {
      GitAddress address = GitAddress.parse(source);
      if (add.checksum().isPresent()) {
        address = address.withCommit(add.checksum().get());
      }
      boolean keepGitDir = add.keepGitDir().or(address::keepGitDir).orElse(false);
      GitRepositories.Checkout checkout =
          new RemoteSources(session.request(), session.directory().path())
              .repository(address, keepGitDir);
      session.message(BuildEvent.Level.INFO, address + " is at commit " + checkout.commit());
      CopySource files =
          new ContextSource(BuildContext.ofRootfs(checkout.directory()), skipped -> {});
      return new Found(
          new SelectiveSource(files, "", Optional.empty(), except), files.exactly("/"), false);
    } catch (SourceException e) {
      throw new UnusableException(e.getMessage(), e);
    }
  }

  /**
   * {@code --parents}: the directories in front of {@code /./}, or the root, are copied, but only
   * what the rest of the pattern names and what leads there.
   */
  private List<Found> withParents(
      TransferInstruction instruction, CopySource source, String pattern, PathPatterns except)
      throws UnusableException, ContextException, IOException {
    int pivot = pattern.indexOf("/./");
    String below = pivot < 0 ? pattern : pattern.substring(pivot + "/./".length());
    Optional<PathPatterns> only =
        below.isEmpty()
            ? Optional.empty()
            : Optional.of(PathPatterns.of("--parents", List.of(below)));
    List<Found> found = new ArrayList<>();
    boolean any = false;
    for (Item item : source.match(pivot < 0 ? "/" : pattern.substring(0, pivot))) {
      CopySource part = new SelectiveSource(source, item.entry().path(), only, except);
      if (item.entry().isDirectory()) {
        found.add(new Found(part, item, false));
        any |= !part.children(item).isEmpty();
      }
    }
    if (!any && Glob.isWildcard(pattern)) {
      tellEmpty(instruction, pattern);
      return List.of();
    } else if (!any) {
      throw new UnusableException(
          "tried to copy \""
              + pattern
              + "\", but no file matches it; check the pattern and .dockerignore");
    }
    return found;
  }

  /** A pattern may match nothing: so a file may be optional. */
  private void tellEmpty(TransferInstruction instruction, String pattern) {
    session.message(
        BuildEvent.Level.WARN,
        Failures.location(instruction)
            + ": nothing is copied for \""
            + pattern
            + "\", as no file matches it; is that meant? See the pattern and .dockerignore");
  }

  private Item inline(Heredoc heredoc) {
    byte[] text = heredoc.text().getBytes(StandardCharsets.UTF_8);
    LayerEntry entry =
        LayerEntry.file(
            heredoc.name(), 0644, 0, 0, text.length, session.clock().instant().getEpochSecond());
    return new Item(Names.base(heredoc.name()), entry, Content.of(text), Optional.empty());
  }

  private static void verify(TransferInstruction instruction, List<Found> found)
      throws UnusableException, IOException {
    boolean commit = found.size() == 1 && GitAddress.isGit(first(instruction));
    if (instruction instanceof AddInstruction add && add.checksum().isPresent() && !commit) {
      if (found.size() != 1 || !found.get(0).item().entry().isFile()) {
        throw new UnusableException(
            "tried to verify --checksum, but there is not exactly one file; add one file at a time");
      }
      RemoteFile.verify(found.get(0).item(), add.checksum().get());
    }
  }

  private static String first(TransferInstruction instruction) {
    return instruction.sources().isEmpty() ? "" : instruction.sources().get(0);
  }

  private static boolean isUnpacked(TransferInstruction instruction, Found found)
      throws IOException {
    return instruction instanceof AddInstruction add
        && add.unpack().orElse(found.local())
        && found.item().entry().isFile()
        && Archive.isArchive(found.item().content());
  }

  private CopyPlan.Attributes attributes(
      TransferInstruction instruction, MergedTree target, boolean fromContext)
      throws BuildException, IOException {
    Optional<Users.Owner> owner = fromContext ? Optional.of(Users.Owner.ROOT) : Optional.empty();
    if (instruction.chown().isPresent()) {
      try {
        owner = Optional.of(Users.of(target).owner(instruction.chown().get()));
      } catch (Users.UnknownNameException e) {
        throw Failures.at(
            instruction,
            "tried to resolve --chown="
                + instruction.chown().get()
                + ", but "
                + (instruction.link()
                    ? "--link looks up no names in the image; give numbers"
                    : e.getMessage()),
            e);
      }
    }
    Optional<ModeChange> mode = instruction.chmod().map(ModeChange::parse);
    return new CopyPlan.Attributes(owner, mode, session.clock().instant().getEpochSecond());
  }

  private static boolean endsLikeDirectory(String destination) {
    return destination.endsWith("/")
        || destination.equals(".")
        || destination.equals("..")
        || destination.endsWith("/.")
        || destination.endsWith("/..");
  }

  /** A path of an instruction, taken from the working directory. */
  static String absolute(String workingDirectory, String path) {
    return path.startsWith("/") ? path : workingDirectory + "/" + path;
  }
}
