package io.jenkins.plugins.kaniko.executor.context;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads directories and metadata, never through a symlink. */
final class FileTree {
  // Named one by one: "unix:*" would look up the names of owner and group for every file.
  private static final String ATTRIBUTES =
      "unix:mode,size,lastModifiedTime,uid,gid,dev,ino,nlink,rdev";

  private FileTree() {}

  /** What lies at a path, or empty if nothing does. */
  static Optional<ContextEntry> stat(String path, Path file) throws ContextException {
    try {
      Map<String, Object> all = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      int mode = (Integer) all.get("mode");
      ContextEntry.Type type = ContextEntry.Type.of(mode);
      boolean link = type == ContextEntry.Type.SYMLINK;
      return Optional.of(
          new ContextEntry(
              path,
              type,
              mode & 07777,
              (Long) all.get("size"),
              ((FileTime) all.get("lastModifiedTime")).toInstant(),
              (Integer) all.get("uid"),
              (Integer) all.get("gid"),
              (Long) all.get("dev"),
              (Long) all.get("ino"),
              (Integer) all.get("nlink"),
              (Long) all.get("rdev"),
              link ? FileNames.target(Files.readSymbolicLink(file)) : "",
              file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The children of a directory, sorted by the bytes of their names. */
  static List<ContextEntry> children(ContextEntry directory) throws ContextException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory.file())) {
      stream.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw unreadable(directory.path(), e.getCause());
    } catch (IOException e) {
      throw unreadable(directory.path(), e);
    }
    Collections.sort(files);
    List<ContextEntry> children = new ArrayList<>(files.size());
    for (Path file : files) {
      String path = ContextPaths.join(directory.path(), FileNames.of(file));
      // What vanishes while we look was never part of the context.
      stat(path, file).ifPresent(children::add);
    }
    return children;
  }

  static ContextException unreadable(String path, IOException e) {
    String reason = e.getMessage();
    if (e instanceof AccessDeniedException) {
      reason = "permission is denied";
    } else if (e instanceof FileSystemException files && files.getReason() != null) {
      reason = files.getReason();
    }
    return new ContextException(
        "tried to read %s, but %s; make it readable or exclude it in .dockerignore"
            .formatted(path.isEmpty() ? "the build context" : "\"" + path + "\"", reason),
        e);
  }
}
