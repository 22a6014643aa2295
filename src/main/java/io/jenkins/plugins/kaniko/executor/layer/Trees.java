package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Directory trees as a whole. */
public final class Trees {
  private Trees() {}

  /**
   * Deletes a tree if it is there, however deep it is; symlinks are deleted, not followed.
   *
   * <p>A command can make paths that are too long for any system call: what lies deep is moved up
   * before.
   */
  public static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Deleter deleter = new Deleter(tree);
    Files.walkFileTree(tree, deleter);
    for (Path deep : deleter.deep) {
      delete(deep);
    }
    if (!deleter.deep.isEmpty()) {
      Files.delete(tree);
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    private static final int DEEP = 1500;

    final List<Path> deep = new ArrayList<>();
    private final Path top;

    Deleter(Path top) {
      this.top = top;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (directory.toString().length() - top.toString().length() < DEEP) {
        return FileVisitResult.CONTINUE;
      }
      Path moved = top.resolve(".deep-" + UUID.randomUUID());
      Files.move(directory, moved);
      deep.add(moved);
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      // What was moved is deleted by this walk where the list of the top still shows it.
      if (deep.isEmpty() || !directory.equals(top)) {
        Files.delete(directory);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
