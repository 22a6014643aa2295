package io.jenkins.plugins.kaniko.executor.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildContextTest {
  @TempDir Path temporary;
  private Path root;

  @BeforeEach
  void createContext() throws IOException {
    root = Files.createDirectory(temporary.resolve("context"));
    write("Dockerfile", "FROM scratch\n");
  }

  @Test
  void listingIsSortedByBytes() throws Exception {
    write("b", "");
    write("a/x", "");
    write("a.txt", "");
    write("é", "");
    write("B", "");

    assertThat(paths(open().list(open().root())))
        .containsExactly("B", "Dockerfile", "a", "a.txt", "b", "é");
  }

  @Test
  void whatWasReadAheadIsListedOnceAndAfterwardsAnew() throws Exception {
    write("a/x", "");
    write("a/sub/y", "");
    BuildContext context = open();
    ContextEntry a = context.lookup("a").orElseThrow();
    context.readAhead("a");
    write("a/z", "");

    assertThat(paths(context.list(a))).containsExactly("a/sub", "a/x");
    assertThat(paths(context.list(a))).containsExactly("a/sub", "a/x", "a/z");
  }

  @Test
  void whoAsksForWhatWasNotReadAheadGetsNothingOlderThanHisQuestion() throws Exception {
    write("a/x", "");
    BuildContext context = open();
    context.readAhead("a");
    context.list(context.root());
    write("a/z", "");
    context.readAhead("a");
    write("a/zz", "");

    assertThat(paths(context.list(context.lookup("a").orElseThrow())))
        .containsExactly("a/x", "a/z", "a/zz");
  }

  @Test
  void aFileAndAMissingPathAreNotReadAhead() throws Exception {
    BuildContext context = open();
    context.readAhead("Dockerfile");
    context.readAhead("missing");
    write("later", "");

    assertThat(paths(context.list(context.root()))).containsExactly("Dockerfile", "later");
  }

  @Test
  void metadataIsThatOfTheFileItself() throws Exception {
    Path file = write("bin/tool", "12345");
    Files.setAttribute(file, "unix:mode", 04755);
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.ofEpochSecond(1_700_000_000L, 123_456_789)));
    Files.createLink(root.resolve("bin/twin"), file);
    Files.createSymbolicLink(root.resolve("bin/link"), Path.of("tool"));

    List<ContextEntry> entries = open().list(open().lookup("bin").orElseThrow());

    ContextEntry link = entries.get(0);
    assertThat(link.type()).isEqualTo(ContextEntry.Type.SYMLINK);
    assertThat(link.linkTarget()).isEqualTo("tool");
    ContextEntry tool = entries.get(1);
    assertThat(tool.type()).isEqualTo(ContextEntry.Type.REGULAR);
    assertThat(tool.mode()).isEqualTo(04755);
    assertThat(tool.size()).isEqualTo(5);
    assertThat(tool.nlink()).isEqualTo(2);
    assertThat(tool.mtime()).isEqualTo(Instant.ofEpochSecond(1_700_000_000L, 123_456_789));
    assertThat(tool.inode()).isEqualTo(entries.get(2).inode());
    try (InputStream in = open().read(tool)) {
      assertThat(in.readAllBytes()).hasSize(5);
    }
  }

  @Test
  void excludedFilesAreNeitherListedNorFound() throws Exception {
    write(".dockerignore", "*.log\nbuild\n");
    write("a.log", "");
    write("build/x", "");
    write("src/a", "");

    assertThat(walk(open())).containsExactly(".dockerignore", "Dockerfile", "src", "src/a");
    assertThat(open().lookup("a.log")).isEmpty();
    assertThat(open().lookup("build/x")).isEmpty();
    assertThat(open().lookup("src/a")).isPresent();
  }

  @Test
  void anExcludedDirectoryShowsWhereAnExceptionIncludesSomethingBelow() throws Exception {
    write(".dockerignore", "*\n!a/b/keep\n");
    write("a/b/keep", "");
    write("a/b/drop", "");
    write("a/c/drop", "");
    write("z/b/drop", "");

    assertThat(walk(open())).containsExactly("a", "a/b", "a/b/keep");
    assertThat(paths(open().list(open().root()))).containsExactly("a");
    assertThat(open().lookup("a/b")).isPresent();
    assertThat(open().lookup("a/c")).isEmpty();
  }

  @Test
  void theIgnoreFileOfTheDockerfileWins() throws Exception {
    write(".dockerignore", "a\n");
    write("docker/prod.Dockerfile", "");
    write("docker/prod.Dockerfile.dockerignore", "b\n");
    write("a", "");
    write("b", "");

    BuildContext context =
        BuildContext.open(root, root.resolve("docker/prod.Dockerfile"), List.of());

    assertThat(context.lookup("a")).isPresent();
    assertThat(context.lookup("b")).isEmpty();
  }

  @Tag("S20")
  @Test
  void theBuildersOwnDirectoriesAreNeverVisible() throws Exception {
    write("kaniko/.docker/config.json", "{}");
    write("kaniko-notes", "");
    Path alias = Files.createSymbolicLink(temporary.resolve("alias"), root.resolve("kaniko"));

    BuildContext context =
        BuildContext.open(
            root, root.resolve("Dockerfile"), List.of(alias, root.resolve("new/store")));
    write("new/store/blob", "");

    assertThat(walk(context)).containsExactly("Dockerfile", "kaniko-notes", "new");
    assertThat(context.lookup("kaniko/.docker/config.json")).isEmpty();
    assertThatThrownBy(() -> context.match("/kaniko/.docker/config.json"))
        .hasMessageContaining("belongs to the builder itself");
    assertThat(context.match("*/.docker")).isEmpty();
  }

  @Test
  void aContextThatIsItselfExcludedIsStillAContext() throws Exception {
    write("a", "");

    BuildContext context =
        BuildContext.open(root, root.resolve("Dockerfile"), List.of(root, temporary));

    assertThat(walk(context)).containsExactly("Dockerfile", "a");
  }

  @Test
  void sourcesMatchAsGoPatterns() throws Exception {
    for (String name : List.of("a1.txt", "a2.txt", "b1.txt", "d/a1.txt", "d/e/a1.txt", "x*y")) {
      write(name, "");
    }
    BuildContext context = open();

    assertThat(names(context.match("*.txt"))).containsExactly("a1.txt", "a2.txt", "b1.txt");
    assertThat(names(context.match("a[^1].txt"))).containsExactly("a2.txt");
    assertThat(entries(context.match("*/a1.txt"))).containsExactly("d/a1.txt");
    assertThat(entries(context.match("**/a1.txt"))).containsExactly("d/a1.txt");
    assertThat(entries(context.match("d/*/a?.txt"))).containsExactly("d/e/a1.txt");
    assertThat(entries(context.match("x[*]y"))).containsExactly("x*y");
    assertThat(entries(context.match("/d/../a1.txt"))).containsExactly("a1.txt");
    assertThat(names(context.match("."))).containsExactly("");
    assertThat(context.match("none*")).isEmpty();
  }

  @Test
  void aMissingSourceIsReported() {
    assertThatThrownBy(() -> open().match("no/such"))
        .isInstanceOf(ContextException.class)
        .hasMessageContaining("\"no/such\"")
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> open().match("Dockerfile/x")).hasMessageContaining("no such file");
  }

  @Test
  void anExcludedSourceIsReportedWithItsRule() throws Exception {
    write(".dockerignore", "# secrets\n*.key\n");
    write("id.key", "");

    assertThatThrownBy(() -> open().match("id.key"))
        .hasMessageContaining("excluded by .dockerignore line 2: *.key");
  }

  @Test
  void aMalformedSourcePatternIsReported() {
    assertThatThrownBy(() -> open().match("a[")).hasMessageContaining("\"a[\"");
  }

  @Tag("S14")
  @Test
  void thePathOfASourceCannotLeaveTheContext() throws Exception {
    Files.writeString(root.resolve("inside"), "");
    for (String up : List.of("../", "/../", "a/../../", "../../../../../")) {
      assertThat(open().match(up + "inside").get(0).entry().path()).as(up).isEqualTo("inside");
      assertThatThrownBy(() -> open().match(up + root.getFileName()))
          .as(up)
          .hasMessageContaining("nothing above its root is part of it, and there is no /");
    }
    assertThat(open().match("..").get(0).entry().path()).isEmpty();
  }

  @Tag("S14")
  @Test
  void aSymlinkInASourceCannotLeaveTheContext() throws Exception {
    write("d/file", "");
    Files.writeString(temporary.resolve("outside"), "secret");
    link("absolute", "/etc/passwd");
    link("climbing", "../outside");
    link("d/deep", "../../outside");
    link("parent", "..");
    link("twice", "climbing");

    for (String source :
        List.of("absolute", "climbing", "d/deep", "parent/outside", "twice", "cl*")) {
      assertThatThrownBy(() -> open().match(source))
          .as(source)
          .hasMessageContaining("outside of the build context");
    }
  }

  @Test
  void aSymlinkInASourceIsFollowedWithinTheContext() throws Exception {
    write("real/file", "");
    link("alias", "real");
    link("real/up", "../alias/file");

    BuildContext context = open();

    assertThat(entries(context.match("alias/file"))).containsExactly("real/file");
    assertThat(context.match("alias").get(0).name()).isEqualTo("alias");
    assertThat(entries(context.match("alias"))).containsExactly("real");
    assertThat(entries(context.match("real/up"))).containsExactly("real/file");
    assertThat(entries(context.match("*/file"))).containsExactly("real/file");
  }

  @Test
  void aSymlinkCannotRevealAnExcludedFile() throws Exception {
    write(".dockerignore", "secret\nhidden-link\n");
    write("secret", "");
    write("open", "");
    link("link", "secret");
    link("hidden-link", "open");

    assertThatThrownBy(() -> open().match("link")).hasMessageContaining("line 1: secret");
    assertThatThrownBy(() -> open().match("hidden-link")).hasMessageContaining("line 2");
  }

  @Test
  void aCircleOfSymlinksIsReported() throws Exception {
    link("a", "b");
    link("b", "a");

    assertThatThrownBy(() -> open().match("a")).hasMessageContaining("circle");
  }

  @Test
  void symlinksInATreeStayLinks() throws Exception {
    link("d/out", "/etc/passwd");

    assertThat(walk(open())).containsExactly("Dockerfile", "d", "d/out");
  }

  @Tag("S14")
  @Test
  void linksOfARootFileSystemEndInIt() throws Exception {
    write("usr/bin/tool", "");
    link("bin", "/usr/bin");
    link("usr/bin/up", "../../../../../bin/tool");

    BuildContext rootfs = BuildContext.ofRootfs(root);

    assertThat(entries(rootfs.match("/bin/tool"))).containsExactly("usr/bin/tool");
    assertThat(entries(rootfs.match("/bin/up"))).containsExactly("usr/bin/tool");
    assertThat(entries(rootfs.match("../../bin/t*"))).containsExactly("usr/bin/tool");
    assertThatThrownBy(() -> rootfs.match("/bin/none"))
        .hasMessageContaining("\"/bin/none\" in the image or stage, but there is no such file");
  }

  @Test
  void namesThatAreNotUtf8KeepTheirBytes() throws Exception {
    byte[] name = {'c', 'a', 'f', (byte) 0xe9};
    byte[] target = {(byte) 0xff, '/', 'x'};
    Path file = FileNames.resolve(root.toRealPath(), FileNames.decode(name));
    Files.writeString(file, "latin");
    write("café", "utf8");
    Files.createSymbolicLink(
        root.resolve("link"),
        root.toRealPath()
            .relativize(
                FileNames.resolve(
                    FileNames.resolve(
                        root.toRealPath(), FileNames.decode(new byte[] {(byte) 0xff})),
                    "x")));

    BuildContext context = open();
    List<ContextEntry> entries = context.list(context.root());

    assertThat(entries).hasSize(4);
    assertThat(entries.get(1).path()).isEqualTo("café");
    assertThat(FileNames.encode(entries.get(2).path())).isEqualTo(name);
    assertThat(context.lookup(entries.get(2).path()).orElseThrow().size()).isEqualTo(5);
    assertThat(FileNames.encode(entries.get(3).linkTarget())).isEqualTo(target);
    try (InputStream in = context.read(entries.get(2))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("latin");
    }
  }

  @Test
  void specialFilesAreSeenAsWhatTheyAre() throws Exception {
    int status = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();
    assertThat(status).isZero();

    assertThat(open().lookup("pipe").orElseThrow().type()).isEqualTo(ContextEntry.Type.FIFO);
  }

  @Test
  void theDockerfileIsFoundInTheContextAndStaysInIt() throws Exception {
    assertThat(BuildContext.findDockerfile(root, "Dockerfile"))
        .isEqualTo(root.resolve("Dockerfile"));
    assertThatThrownBy(() -> BuildContext.findDockerfile(root, "Dockerfile.prod"))
        .hasMessageContaining("Dockerfile.prod");
    link("Dockerfile.link", "/etc/passwd");
    assertThatThrownBy(() -> BuildContext.findDockerfile(root, "Dockerfile.link"))
        .hasMessageContaining("leads out of the build context");
  }

  @Test
  void anIgnoreFileOutsideOfTheContextIsNotRead() throws Exception {
    link(".dockerignore", "/etc/passwd");

    assertThatThrownBy(this::open).hasMessageContaining("leads out of the build context");
  }

  @Test
  void aMissingContextIsReported() {
    assertThatThrownBy(
            () -> BuildContext.open(root.resolve("none"), root.resolve("Dockerfile"), List.of()))
        .hasMessageContaining("no such directory");
    assertThatThrownBy(
            () ->
                BuildContext.open(
                    root.resolve("Dockerfile"), root.resolve("Dockerfile"), List.of()))
        .hasMessageContaining("not a directory");
  }

  @Test
  void aWalkFindsWhatBruteForceFinds() throws Exception {
    Random random = new Random(4711);
    TreeSet<String> files = new TreeSet<>();
    while (files.size() < 120) {
      String file = RandomRules.path(random) + "/f" + random.nextInt(3) + ".x";
      write(file, "");
      files.add(file);
    }
    Files.delete(root.resolve("Dockerfile"));
    for (int round = 0; round < 150; round++) {
      List<String> rules = RandomRules.rules(random);
      Path ignoreFile = temporary.resolve("Dockerfile.dockerignore");
      Files.write(ignoreFile, rules);
      BuildContext context = BuildContext.open(root, temporary.resolve("Dockerfile"), List.of());
      IgnoreOracle oracle = new IgnoreOracle(rules);
      TreeSet<String> expected = new TreeSet<>();
      for (String file : files) {
        for (String path = file; !path.isEmpty(); path = parent(path)) {
          if (!oracle.ignores(path)) {
            for (String up = path; !up.isEmpty(); up = parent(up)) {
              expected.add(up);
            }
          }
        }
      }
      assertThat(new TreeSet<>(walk(context))).as("%s", rules).isEqualTo(expected);
      TreeSet<String> excluded = new TreeSet<>();
      for (String file : files) {
        for (String path = file; !expected.contains(path) && !path.isEmpty(); path = parent(path)) {
          if (parent(path).isEmpty() || expected.contains(parent(path))) {
            excluded.add(path);
          }
        }
      }
      assertThat(context.excludedBelow(context.root()))
          .extracting(ContextEntry::path)
          .as("%s", rules)
          .containsExactlyElementsOf(excluded.stream().sorted(BY_NAMES).toList());
      for (String file : files) {
        assertThat(context.lookup(file).isPresent()).isEqualTo(expected.contains(file));
      }
    }
  }

  /** The order of a walk. */
  private static final Comparator<String> BY_NAMES =
      Comparator.comparing(path -> path.replace('/', '\0'));

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private BuildContext open() throws ContextException {
    return BuildContext.open(root, root.resolve("Dockerfile"), List.of());
  }

  private Path write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void link(String path, String target) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, Path.of(target));
  }

  private static List<String> walk(BuildContext context) throws ContextException {
    List<String> paths = new ArrayList<>();
    context.walk(context.root(), entry -> paths.add(entry.path()));
    return paths;
  }

  private static List<String> paths(List<ContextEntry> entries) {
    return entries.stream().map(ContextEntry::path).toList();
  }

  private static List<String> names(List<SourceMatch> matches) {
    return matches.stream().map(SourceMatch::name).toList();
  }

  private static List<String> entries(List<SourceMatch> matches) {
    return matches.stream().map(match -> match.entry().path()).toList();
  }
}
