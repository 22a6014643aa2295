package io.jenkins.plugins.kaniko.executor.rootfs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What changed in a directory of 5,000 files in 50 directories: with the differ, which asks lstat(2)
 * itself, and with what the JDK says of inode, ctime, size, mode and owner.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DifferBenchmark {
  private static final String ATTRIBUTES = "unix:ino,ctime,size,mode,uid,gid,lastModifiedTime";

  private Path root;
  private DirectorySnapshot before;
  private Map<Path, Map<String, Object>> beforeOfJdk;

  @Setup
  public void make() throws IOException {
    root = Files.createTempDirectory("differ");
    for (int i = 0; i < 5000; i++) {
      Path directory = Files.createDirectories(root.resolve("dir-" + i % 50));
      Files.writeString(directory.resolve("file-" + i), "content");
    }
    before = DirectorySnapshot.take(root, ReservedPaths.NONE);
    beforeOfJdk = walk();
  }

  @TearDown
  public void delete() throws IOException {
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  @Benchmark
  public Changeset ours() throws IOException {
    return DirectorySnapshot.take(root, ReservedPaths.NONE).changesSince(before, path -> false);
  }

  @Benchmark
  public boolean jdk() throws IOException {
    return walk().equals(beforeOfJdk);
  }

  private Map<Path, Map<String, Object>> walk() throws IOException {
    Map<Path, Map<String, Object>> found = new HashMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            return visitFile(path, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            found.put(path, Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
