package io.jenkins.plugins.kaniko.executor.it;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of the test resources: {@code Dockerfile}, {@code expected}, and where needed {@code
 * setup} (a shell script that fills the context), {@code args} (flags, one a line), {@code buildah}
 * (the case is built by buildah too; regular expressions of the differences that are known, or
 * none) or {@code no-buildah} (why it cannot be; of a case that fails, neither), {@code as-root}
 * (why nobody else can build it). {@code @REGISTRY@} stands for the registry's host and port,
 * {@code @ARCH@} for this machine's architecture, and in {@code args} {@code @CONTEXT@} for the
 * context.
 */
record Case(Path directory) {
  static List<Case> all() {
    Path root = Path.of("src/test/resources/it");
    String only = System.getProperty("it.case", "");
    try (Stream<Path> directories = Files.list(root)) {
      return directories
          .filter(directory -> Files.exists(directory.resolve("Dockerfile")))
          .filter(directory -> isAsked(directory.getFileName().toString(), only))
          .sorted()
          .map(Case::new)
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Whether a name contains one of several texts, parted by commas. */
  private static boolean isAsked(String name, String only) {
    return Stream.of(only.split(",", -1)).anyMatch(name::contains);
  }

  String name() {
    return directory.getFileName().toString();
  }

  /** Makes the context as the user who builds. */
  Path context(Executor executor, String registry) throws IOException, InterruptedException {
    TestUser user = executor.user();
    Path context = user.newDirectory();
    Files.writeString(context.resolve("Dockerfile"), text("Dockerfile", registry).orElseThrow());
    Optional<String> setup = text("setup", registry);
    user.own(context);
    if (setup.isPresent()) {
      List<String> words = List.of("sh", "-euc", "umask 022\n" + setup.get());
      Commands.run(context, Map.of("LC_ALL", "C.UTF-8"), user.command(words)).succeeded();
    }
    return context;
  }

  List<String> args(String registry, Path context) throws IOException {
    List<String> flags = new ArrayList<>();
    String text = text("args", registry).orElse("").replace("@CONTEXT@", context.toString());
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        flags.add(line);
      }
    }
    return flags;
  }

  Expectation expected(String registry) throws IOException {
    return Expectation.parse(text("expected", registry).orElseThrow());
  }

  /** Why buildah cannot build a case that builds. */
  Optional<String> whyNotBuildah() throws IOException {
    return text("no-buildah", "");
  }

  /** Whether root alone can build it; the file says why. */
  boolean asRootOnly() {
    return Files.exists(directory.resolve("as-root"));
  }

  /** Patterns of differences to buildah that are known; empty if buildah cannot build the case. */
  Optional<List<String>> buildahDifferences() throws IOException {
    return text("buildah", "")
        .map(text -> text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList());
  }

  private Optional<String> text(String name, String registry) throws IOException {
    Path file = directory.resolve(name);
    return Files.exists(file)
        ? Optional.of(
            Files.readString(file, StandardCharsets.UTF_8)
                .replace("@REGISTRY@", registry)
                .replace("@ARCH@", ImageMaker.goArchitecture()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return name();
  }
}
