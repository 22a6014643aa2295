package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executor that writes it is played by a script. */
@Tag("S29")
class ClassArchiveTest {
  private static final String WRITE =
      """
      for file; do :; done
      echo run >> "$0.runs"
      env > "$0.env"
      echo classes > "$file"
      """;

  @TempDir Path root;
  private Path executors;
  private Path jar;
  private Path java;
  private ClassArchive archive;

  @BeforeEach
  void install() throws IOException {
    executors = Files.createDirectory(root.resolve("executor"));
    jar = Files.createFile(executors.resolve("0".repeat(64) + ".jar"));
    java = Files.createDirectories(root.resolve("jdk").resolve("bin")).resolve("java");
    Files.createFile(
        java, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    script(WRITE);
    Files.writeString(root.resolve("jdk").resolve("release"), "JAVA_VERSION=17");
    archive = new ClassArchive(java, jar);
  }

  @Test
  void itIsMadeOnceAndUsedUnderItsDigest() throws Exception {
    assertThat(archive.options()).isEmpty();
    archive.make(() -> false);
    archive.make(() -> false);
    Path made = made().get(0);
    assertThat(made().get(0)).hasContent("classes");
    assertThat(made.toString()).endsWith("-" + Agent.sha256(made) + ".jsa");
    assertThat(archive.options())
        .containsExactly("-XX:SharedArchiveFile=" + made, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    assertThat(root.resolve("jdk/bin/java.runs")).hasContent("run");
    assertThat(executors.toFile().list()).hasSize(2);
  }

  @Test
  void nothingOfTheAgentsEnvironmentIsThere() throws Exception {
    archive.make(() -> false);
    assertThat(Files.readAllLines(root.resolve("jdk/bin/java.env")))
        .contains("LC_ALL=C.UTF-8")
        .allMatch(line -> line.matches("(LC_ALL|PWD|OLDPWD|SHLVL|_)=.*"));
  }

  @Test
  void aDamagedOneIsDeletedAndMadeAgain() throws Exception {
    archive.make(() -> false);
    Path made = made().get(0);
    Files.writeString(made, "damaged");
    assertThat(archive.options()).isEmpty();
    assertThat(made).doesNotExist();
    archive.make(() -> false);
    assertThat(archive.options()).contains("-XX:SharedArchiveFile=" + made);
  }

  @Test
  void itIsNotUsedWithAnotherJarOrAnotherJvm() throws Exception {
    archive.make(() -> false);
    FileTime time = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    assertThat(archive.options()).isEmpty();
    Files.setLastModifiedTime(jar, time);
    assertThat(archive.options()).isNotEmpty();
    Files.writeString(root.resolve("jdk").resolve("release"), "JAVA_VERSION=17.0.1");
    assertThat(archive.options()).isEmpty();
  }

  @Test
  void aFailureLeavesItsReasonAndIsNotRepeated() throws Exception {
    script(WRITE + "echo 'the disk is full' >&2; exit 4\n");
    archive.make(() -> false);
    archive.make(() -> false);
    assertThat(archive.options()).isEmpty();
    assertThat(root.resolve("jdk/bin/java.runs")).hasContent("run");
    try (Stream<Path> files = Files.list(executors)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp")))
          .singleElement()
          .satisfies(work -> assertThat(work.resolve("log")).hasContent("the disk is full"));
    }
  }

  @Test
  void nothingIsLeftWhenTheAgentIsAbandoned() throws Exception {
    script(WRITE + "sleep 4711.21\n");
    Path runs = root.resolve("jdk/bin/java.runs");
    archive.make(() -> Files.exists(runs));
    assertThat(Agent.processes("sleep\0" + "4711.21")).isEmpty();
    assertThat(executors.toFile().list()).containsExactly(jar.getFileName().toString());
  }

  @Test
  void aDirectoryThatCannotBeNamedToTheJvmGoesWithoutIt() throws Exception {
    Path other = Files.createDirectory(root.resolve("a:b")).resolve(jar.getFileName());
    Files.createFile(other);
    new ClassArchive(java, other).make(() -> false);
    assertThat(other.getParent().toFile().list()).hasSize(1);
  }

  private void script(String content) throws IOException {
    Files.writeString(java, "#!/bin/sh\n" + content);
  }

  private List<Path> made() throws IOException {
    try (Stream<Path> files = Files.list(executors)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }
}
