package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The mounts of one command as lines of shell, which {@code run.sh} reads, and the files that they
 * bring along. One after the other, because one may lie inside another.
 */
final class MountScript {
  private final Workshop workshop;
  private final Rung rung;
  private final int run;
  private final List<Path> files = new ArrayList<>();
  private final StringBuilder script = new StringBuilder();
  private int trees;

  MountScript(Workshop workshop, Rung rung, int run) {
    this.workshop = workshop;
    this.rung = rung;
    this.run = run;
  }

  /** Writes the script and says where it is. */
  Path write(List<CommandMount> mounts) throws IOException {
    for (CommandMount mount : mounts) {
      if (mount instanceof BindMount bind) {
        bind(bind.source(), bind.target(), bind.readOnly());
      } else if (mount instanceof FileMount file) {
        bind(file(file), file.target(), true);
      } else if (mount instanceof TmpfsMount tmpfs) {
        tmpfs(tmpfs);
      } else if (mount instanceof TreeMount tree) {
        tree(tree);
      }
    }
    Path path = workshop.file(run, ".mounts");
    files.add(path);
    return Files.writeString(path, script);
  }

  /** Removes the files again. */
  void remove() {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // It lies on a tmpfs that ends with this process.
      }
    }
  }

  private void bind(Path source, String target, boolean readOnly) throws IOException {
    Set<String> options = options(readOnly);
    options.addAll(MountFlags.of(source));
    boolean directory = Files.isDirectory(source);
    attach(directory, quote(source.toRealPath().toString()), target, "none", options);
  }

  private Path file(FileMount file) throws IOException {
    Path path = workshop.file(run, ".file" + files.size());
    files.add(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(path, file.content(), StandardOpenOption.WRITE);
    Files.setAttribute(path, "unix:uid", file.uid());
    Files.setAttribute(path, "unix:gid", file.gid());
    Files.setAttribute(path, "unix:mode", file.mode() & 07777);
    return path;
  }

  private void tmpfs(TmpfsMount tmpfs) {
    Set<String> options = options(tmpfs.readOnly());
    options.remove("bind");
    options.add("mode=1777");
    tmpfs.size().ifPresent(size -> options.add("size=" + size));
    attach(true, "tmpfs", tmpfs.target(), "tmpfs", options);
  }

  private void tree(TreeMount tree) throws IOException {
    trees++;
    List<String> words = RootWords.of(tree.tree(), rung);
    script.append("tree ").append(trees);
    words.forEach(word -> script.append(' ').append(quote(word)));
    script.append(' ').append(quote(tree.source())).append('\n');
    Set<String> options = options(tree.readOnly());
    if (tree.tree() instanceof RootMount.Directory directory) {
      options.addAll(MountFlags.of(directory.root()));
    }
    String source = "\"$workshop\"/tree" + trees + quote(tree.source());
    attach(tree.directory(), source, tree.target(), "none", options);
  }

  private static Set<String> options(boolean readOnly) {
    Set<String> options = new LinkedHashSet<>(List.of("bind", "nosuid", "nodev"));
    if (readOnly) {
      options.add("ro");
    }
    return options;
  }

  private void attach(
      boolean directory, String source, String target, String type, Set<String> options) {
    script.append("attach ").append(directory ? "directory " : "file ").append(source).append(' ');
    script.append(quote(target)).append(' ').append(type).append(' ');
    script.append(String.join(",", options)).append('\n');
  }

  private static String quote(String word) {
    return InsideScript.quote(word);
  }
}
