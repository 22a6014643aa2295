package io.jenkins.plugins.kaniko.executor.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  private static int train(Path archive, Path directory, Path log)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:ArchiveClassesAtExit=" + archive,
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ClassTraining.class.getName(),
            directory.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
