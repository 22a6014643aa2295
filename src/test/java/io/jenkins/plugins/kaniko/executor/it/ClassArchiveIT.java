package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that makes the executor start faster. */
class ClassArchiveIT {
  private static final String SHARED = "source: shared objects file";

  @TempDir Path directory;
  private Path jar;
  private Path archive;

  @BeforeEach
  void copyTheJar() throws IOException {
    jar = Files.copy(Path.of(System.getProperty("executor.jar")), directory.resolve("e.jar"));
    archive = directory.resolve("classes.jsa");
  }

  @Test
  void classesComeFromTheArchiveAndAStrangeJarGoesWithoutIt()
      throws IOException, InterruptedException {
    assertThat(java("-jar", jar.toString(), "--write-class-archive", archive.toString())).isEmpty();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(jar, archive);
    }
    String shared = "-XX:SharedArchiveFile=" + archive;
    String loaded = java(shared, "-Xlog:class+load", "-jar", jar.toString(), "--version");
    assertThat(loaded.lines().filter(line -> line.contains(".executor.cli.Main ")))
        .singleElement()
        .asString()
        .endsWith(SHARED);
    assertThat(loaded).contains("kaniko-build executor ");

    Files.copy(jar, jar.resolveSibling("f.jar"));
    Files.move(jar.resolveSibling("f.jar"), jar, StandardCopyOption.REPLACE_EXISTING);
    String quiet = "-Xlog:cds=off";
    String version =
        java(shared, quiet, "-Xlog:cds+dynamic=off", "-jar", jar.toString(), "--version");
    assertThat(version).startsWith("kaniko-build executor ").hasLineCount(1);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException, InterruptedException {
    String missing = directory.resolve("missing/classes.jsa").toString();
    assertThat(java("-jar", jar.toString(), "--write-class-archive", missing))
        .startsWith("error: tried to write the class archive " + missing + ", but ");
  }

  private static String java(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
