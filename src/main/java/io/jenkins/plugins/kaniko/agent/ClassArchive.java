package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The archive of the executor's classes beside its jar, with which it starts faster. It fits one
 * JVM and one jar file, which its name stands for; the name ends with its own SHA-256, which is
 * checked before every start. No build fails for want of it.
 */
final class ClassArchive {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SUFFIX = ".jsa";
  private static final int KEY = 16;

  private final Path java;
  private final Path jar;

  ClassArchive(Path java, Path jar) {
    this.java = java;
    this.jar = jar;
  }

  /** The JVM's options that make use of it; none without it. A damaged one is deleted. */
  List<String> options() {
    try {
      String prefix = prefix();
      for (Path archive : archives(prefix)) {
        String name = archive.getFileName().toString();
        String digest = name.substring(prefix.length(), name.length() - SUFFIX.length());
        if (ExecutorInstaller.isIntact(archive, digest)) {
          Files.setLastModifiedTime(archive, FileTime.from(Instant.now()));
          return List.of(
              "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
        }
        Files.deleteIfExists(archive);
      }
    } catch (IOException e) {
      // The executor starts more slowly, and that is all.
    }
    return List.of();
  }

  /**
   * Makes it for the builds to come, in a thread that keeps nobody waiting.
   *
   * @param abandoned whether the agent has lost its controller
   */
  void makeInBackground(BooleanSupplier abandoned) {
    Thread thread =
        new Thread(
            () -> {
              try {
                make(abandoned);
              } catch (IOException | InterruptedException e) {
                // Its log tells why, if there is one; the executor starts without it.
              }
            },
            "kaniko class archive");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Makes it, if it is not there and nobody is about it. After a failure the directory {@code
   * *.tmp} stays with a log, and nobody tries again before {@link ExecutorInstaller} collects it.
   */
  void make(BooleanSupplier abandoned) throws IOException, InterruptedException {
    String prefix = prefix();
    // The JVM takes what follows a colon for another archive.
    if (jar.toString().contains(":") || !archives(prefix).isEmpty()) {
      return;
    }
    Path work = jar.resolveSibling(prefix + ExecutorInstaller.TEMPORARY);
    try {
      Files.createDirectory(work, PosixFilePermissions.asFileAttribute(AgentHome.PRIVATE));
    } catch (FileAlreadyExistsException e) {
      return;
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    boolean failed = false;
    try {
      Path archive = work.resolve("classes" + SUFFIX);
      failed = write(archive, () -> abandoned.getAsBoolean() || System.nanoTime() > deadline) != 0;
      if (!failed) {
        String name = prefix + ExecutorInstaller.sha256(archive) + SUFFIX;
        Files.move(archive, jar.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (AbortException e) {
      failed = !abandoned.getAsBoolean();
    } finally {
      if (!failed) {
        Trees.delete(work);
      }
    }
  }

  /** Without the environment of builds, which has secrets. */
  private int write(Path archive, BooleanSupplier ended) throws IOException, InterruptedException {
    Path work = archive.getParent();
    try (PrintStream log =
        new PrintStream(Files.newOutputStream(work.resolve("log")), true, StandardCharsets.UTF_8)) {
      return ExecutorProcess.run(
          List.of(
              java.toString(),
              "-Xmx256m",
              "-XX:+UseSerialGC",
              "-XX:-UsePerfData",
              "-jar",
              jar.toString(),
              "--write-class-archive",
              archive.toString()),
          work,
          Map.of("LC_ALL", "C.UTF-8"),
          new EventRelay(log, new Masker(List.of())),
          false,
          ended,
          () -> deleteQuietly(work));
    }
  }

  private static void deleteQuietly(Path work) {
    try {
      Trees.delete(work);
    } catch (IOException e) {
      // The JVM is ending; it is collected when it is old.
    }
  }

  private List<Path> archives(String prefix) throws IOException {
    List<Path> archives = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(jar.toAbsolutePath().getParent(), prefix + "*" + SUFFIX)) {
      files.forEach(archives::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return archives;
  }

  /** How its name begins: with the version of the executor, and what else it has to fit. */
  private String prefix() throws IOException {
    Path program = java.toRealPath();
    Path home = program.resolve("../..").normalize();
    StringBuilder fits = new StringBuilder(program.toString());
    fits.append('\n').append(Files.getLastModifiedTime(jar).toMillis());
    for (Path file : List.of(home.resolve("release"), home.resolve("lib").resolve("modules"))) {
      if (Files.exists(file)) {
        fits.append('\n').append(Files.size(file));
        fits.append(' ').append(Files.getLastModifiedTime(file).toMillis());
      }
    }
    byte[] bytes = fits.toString().getBytes(StandardCharsets.UTF_8);
    String key =
        ExecutorInstaller.copy(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    String version = jar.getFileName().toString().replaceFirst("\\.jar$", "");
    return version + "-" + key.substring(0, KEY) + "-";
  }
}
