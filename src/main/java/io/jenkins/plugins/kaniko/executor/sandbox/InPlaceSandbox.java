package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs commands in the root of this very container, in the executor's own image. */
final class InPlaceSandbox extends BareSandbox {
  private static final Path ROOT = Path.of("/");
  private static final String BOX = OwnImage.HOME.toString();

  InPlaceSandbox() {
    super(Rung.IN_PLACE, BOX);
  }

  /** Runs a shell of our own; empty when that works, or why not. */
  static Optional<String> tryOut() throws InterruptedException {
    RunRequest request =
        RunRequest.builder(new RootMount.Directory(ROOT), List.of(BOX + "/bin/sh", "-c", "exit 0"))
            .build();
    try {
      int exitCode = new InPlaceSandbox().run(request).exitCode();
      return exitCode == 0 ? Optional.empty() : Optional.of("a shell ended with " + exitCode);
    } catch (SandboxException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  Path wings() throws IOException {
    return Files.createTempDirectory(OwnImage.temporary(), "run");
  }

  /** Where the engine has mounted a file of its own, that one gets other content for a while. */
  @Override
  void furnish(Scenery scenery, RunRequest request) throws IOException {
    Set<Path> mounts = MountTable.points();
    for (BindMount bind : request.binds()) {
      byte[] content = Files.readAllBytes(bind.source());
      if (mounts.contains(ROOT.resolve(bind.target()))) {
        scenery.content(bind.target(), content);
      } else {
        scenery.file(bind.target(), content, 0644, 0, 0);
      }
    }
  }

  @Override
  List<String> words(Path root, RunRequest request) throws SandboxException {
    UserWords user = UserWords.of(request.user(), Rung.IN_PLACE);
    List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", Scripts.IN_PLACE));
    words.addAll(
        List.of(
            "in-place",
            BOX,
            user.userAndGroup(),
            user.groups(),
            request.insecure() ? "insecure" : "sandbox"));
    return words;
  }

  @Override
  Consumer<Process> killer(Path root) throws IOException {
    Newcomers newcomers = Newcomers.fromNowOn();
    return newcomers::kill;
  }
}
