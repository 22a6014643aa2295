package io.jenkins.plugins.kaniko.executor.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an archive of the executor's loaded classes, which halves the time from start to the first
 * instruction ({@code java -XX:SharedArchiveFile=FILE -jar ...}). It fits the JVM and the very jar
 * that have written it; with any other the JVM goes on without it.
 */
final class ClassArchive {
  static final String FLAG = "--write-class-archive";

  private ClassArchive() {}

  /**
   * Writes the archive in one move, so that builds that start meanwhile see all of it or nothing.
   */
  static int write(Path file, PrintStream err) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      Path temporary = Files.createTempDirectory(directory, "class-archive-");
      Path archive = temporary.resolve("classes.jsa");
      Path log = temporary.resolve("log");
      try {
        int status = train(archive, temporary, log);
        if (status != 0 || !Files.exists(archive)) {
          throw new IOException("the training run failed: " + Files.readString(log).strip());
        }
        Files.move(archive, file, StandardCopyOption.ATOMIC_MOVE);
        return ExitCode.OK.value();
      } finally {
        Files.deleteIfExists(archive);
        Files.deleteIfExists(log);
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      err.println(
          "error: tried to write the class archive "
              + file
              + ", but "
              + e.getMessage()
              + "; the executor works without it");
      return ExitCode.ENVIRONMENT.value();
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED.value();
    }
  }

  /**
   * A static archive, in two runs: a dynamic one, which takes one run, cannot hold picocli's old
   * class files, nor objects.
   */
  private static int train(Path archive, Path directory, Path log)
      throws IOException, InterruptedException {
    Path classes = directory.resolve("classes");
    try {
      int status =
          java(
              log,
              "-Xshare:off",
              "-XX:+UseSerialGC",
              "-XX:DumpLoadedClassList=" + classes,
              "-cp",
              System.getProperty("java.class.path"),
              ClassTraining.class.getName(),
              directory.toString());
      return status != 0
          ? status
          : java(
              log,
              "-Xshare:dump",
              // The only collector that writes objects; any can read them.
              "-XX:+UseG1GC",
              "-Xmx256m",
              "-XX:SharedClassListFile=" + classes,
              "-XX:SharedArchiveFile=" + archive,
              "-cp",
              System.getProperty("java.class.path"));
    } finally {
      Files.deleteIfExists(classes);
    }
  }

  private static int java(Path log, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
