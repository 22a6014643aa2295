package io.jenkins.plugins.kaniko.executor.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Real users for tests: root makes the accounts it lacks; anybody else has only themselves. */
public final class TestUsers {
  /** Runs a command in a user namespace in which no further namespace may be made. */
  public static final List<String> CONFINED =
      List.of(
          "unshare",
          "--user",
          "--map-root-user",
          "--",
          "sh",
          "-euc",
          "for n in user mnt; do echo 0 > /proc/sys/user/max_${n}_namespaces; done; exec \"$@\"",
          "confined");

  private static Path classpath;

  private TestUsers() {}

  /** Who runs the tests. */
  public static TestUser current() {
    try {
      int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      int gid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
      return new TestUser(System.getProperty("user.name"), uid, gid);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Root; the test is skipped when somebody else runs it. */
  public static TestUser root() {
    TestUser current = current();
    Assumptions.assumeTrue(current.uid() == 0, "only root can be root");
    return current;
  }

  /** An ordinary user with sub-ids. */
  public static TestUser withSubIds() {
    return current().uid() == 0 ? account("kbtest", true) : current();
  }

  /** An ordinary user without sub-ids; skipped when somebody runs the tests who has them. */
  public static TestUser withoutSubIds() {
    TestUser current = current();
    if (current.uid() == 0) {
      return account("kbtest-plain", false);
    }
    Assumptions.assumeFalse(hasSubIds(current.name()), "only root can make a user without sub-ids");
    return current;
  }

  /**
   * The class path of the tests at a place that every user can read: the sources may lie in a
   * private home.
   */
  public static synchronized String readableClasspath() {
    try {
      if (classpath == null) {
        classpath = Files.createTempDirectory("kaniko-build-classpath");
        Files.setAttribute(classpath, "unix:mode", 0755);
        Path made = classpath;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
          Path from = Path.of(entry);
          if (Files.isDirectory(from)) {
            copy(from, classpath.resolve("classes"));
          } else if (Files.exists(from)) {
            Path copy = Files.copy(from, classpath.resolve(from.getFileName()));
            Files.setAttribute(copy, "unix:mode", 0644);
          }
        }
      }
      return classpath.resolve("classes") + File.pathSeparator + classpath + "/*";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Deletes a tree of the test. What sub-ids left in it yields only to root of their user
   * namespace.
   */
  public static void delete(Path tree) {
    try {
      if (current().uid() != 0) {
        must("unshare", "--user", "--map-root-user", "--map-auto", "rm", "-rf", tree.toString());
        return;
      }
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestUser account(String name, boolean subIds) {
    try {
      if (run("id", "-u", name) == null) {
        must("useradd", "--create-home", "--shell", "/bin/sh", name);
      }
      if (subIds && !hasSubIds(name)) {
        must("usermod", "--add-subuids", "400000-465535", "--add-subgids", "400000-465535", name);
      }
      if (!subIds && hasSubIds(name)) {
        // useradd grants a range by itself.
        for (String file : List.of("/etc/subuid", "/etc/subgid")) {
          List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(file)));
          lines.removeIf(line -> line.startsWith(name + ":"));
          Files.write(Path.of(file), lines);
        }
      }
      return new TestUser(
          name, Integer.parseInt(must("id", "-u", name)), Integer.parseInt(must("id", "-g", name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasSubIds(String name) {
    try {
      return Files.exists(Path.of("/etc/subuid"))
          && Files.readAllLines(Path.of("/etc/subuid")).stream()
              .anyMatch(line -> line.startsWith(name + ":"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Path copy = to.resolve(from.relativize(directory).toString());
            Files.createDirectories(copy);
            Files.setAttribute(copy, "unix:mode", 0755);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(copy, "unix:mode", 0644);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static String must(String... command) throws IOException {
    String output = run(command);
    if (output == null) {
      throw new IOException(String.join(" ", command) + " failed");
    }
    return output;
  }

  /** Null when it fails. */
  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      return process.waitFor() == 0 ? output : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
