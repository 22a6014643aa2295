package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S29")
class ExecutorInstallerTest {
  private static final byte[] CONTENT = "a jar".getBytes(StandardCharsets.UTF_8);

  @TempDir Path root;
  private Path directory;
  private String digest;

  @BeforeEach
  void digest() throws IOException {
    directory = root.resolve("executor");
    digest = Agent.sha256(Files.write(root.resolve("jar"), CONTENT));
  }

  @Test
  void theExecutorIsFetchedOnce() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> installed = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        installed.add(
            pool.submit(
                () -> new ExecutorInstaller(directory).install(digest, new Counting(opened))));
      }
      for (Future<Path> path : installed) {
        assertThat(path.get()).hasBinaryContent(CONTENT);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(opened).hasValue(1);
  }

  @Test
  void contentWithAnotherDigestIsRefused() {
    InputStream wrong = new ByteArrayInputStream("wrong".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> new ExecutorInstaller(directory).install(digest, wrong))
        .hasMessageContaining("another SHA-256");
    assertThat(directory.toFile().list()).containsExactly(".lock");
  }

  @Test
  void oldVersionsAndTornFilesAreCollected() throws Exception {
    Files.createDirectory(directory);
    Path old = Files.createFile(directory.resolve("0".repeat(64) + ".jar"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
    Path recent = Files.createFile(directory.resolve("1".repeat(64) + ".jar"));
    Path torn = Files.createFile(directory.resolve(".12.tmp"));
    Files.setLastModifiedTime(torn, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Path tornArchive = Files.createDirectory(directory.resolve("2-3-.tmp"));
    Files.createFile(tornArchive.resolve("log"));
    Files.setLastModifiedTime(tornArchive, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Path oldArchive = Files.createFile(directory.resolve("0-1-2.jsa"));
    Files.setLastModifiedTime(oldArchive, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
    Path growing = Files.createFile(directory.resolve(".13.tmp"));
    new ExecutorInstaller(directory).install(digest, new ByteArrayInputStream(CONTENT));
    assertThat(old).doesNotExist();
    assertThat(torn).doesNotExist();
    assertThat(tornArchive).doesNotExist();
    assertThat(oldArchive).doesNotExist();
    assertThat(recent).exists();
    assertThat(growing).as("somebody else is installing").exists();
  }

  /** Its time is part of the archive of its classes. */
  @Test
  void aVersionInUseIsKeptAndItsTimeStays() throws Exception {
    Path jar = new ExecutorInstaller(directory).install(digest, new ByteArrayInputStream(CONTENT));
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    Files.setLastModifiedTime(jar, old);
    new ExecutorInstaller(directory).install(digest, InputStream.nullInputStream());
    byte[] next = "the next".getBytes(StandardCharsets.UTF_8);
    String nextDigest = Agent.sha256(Files.write(root.resolve("jar"), next));
    new ExecutorInstaller(directory).install(nextDigest, new ByteArrayInputStream(next));
    assertThat(jar).exists();
    assertThat(Files.getLastModifiedTime(jar).toInstant().getEpochSecond())
        .isEqualTo(old.toInstant().getEpochSecond());
  }

  /** Jenkins shows the system properties of agents, and only texts cross its channel. */
  @Test
  void nothingIsLeftInTheSystemProperties() throws Exception {
    new ExecutorInstaller(directory).install(digest, new ByteArrayInputStream(CONTENT));
    assertThat(System.getProperties().values()).allMatch(String.class::isInstance);
  }

  @Test
  void whoWaitsForAnotherInstallationCanBeInterrupted() throws Exception {
    Files.createDirectory(directory);
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      Thread.currentThread().interrupt();
      assertThatThrownBy(
              () ->
                  new ExecutorInstaller(directory)
                      .install(digest, new ByteArrayInputStream(CONTENT)))
          .isInstanceOf(InterruptedException.class);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(
            () ->
                new ExecutorInstaller(file.resolve("executor"))
                    .install(digest, new ByteArrayInputStream(CONTENT)))
        .hasMessageStartingWith("tried to install the executor in " + file)
        .hasMessageEndingWith("can be written to and is not full");
  }

  /** Counts who reads it. */
  private static final class Counting extends InputStream {
    private final InputStream content = new ByteArrayInputStream(CONTENT);
    private final AtomicInteger readers;
    private boolean read;

    Counting(AtomicInteger readers) {
      this.readers = readers;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read in larger pieces");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (!read) {
        read = true;
        readers.incrementAndGet();
      }
      return content.read(bytes, offset, length);
    }
  }
}
