package io.jenkins.plugins.kaniko.executor.it;

import static io.jenkins.plugins.kaniko.executor.it.ResultAssertions.assertNothingShows;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Layer;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorResult;
import io.jenkins.plugins.kaniko.executor.testing.ExecutorRun;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real small disks (ext4 on a loop device) that are full at every point of a build. */
@Execution(ExecutionMode.CONCURRENT)
class DiskFullIT {
  private static final int MEGABYTE = 1_000_000;
  private static final int NOISE = 6 * MEGABYTE;

  private static RegistryServer registry;

  @BeforeAll
  static void startRegistry() throws Exception {
    registry = RegistryServer.start();
    byte[] noise = new byte[NOISE];
    new Random(1).nextBytes(noise);
    ImageMaker.system()
        .layer(new Layer().file("noise", 0644, 0, 0, noise))
        .push(new RegistryClient(registry.hostPort()), "noisy", "latest");
  }

  @AfterAll
  static void stopRegistry() throws Exception {
    registry.close();
  }

  /** When the disk is full, and how much is free before. The base has 1 and 6 MB of layers. */
  enum Moment {
    START(0, "(open|use) the store"),
    // Layers are fetched and extracted side by side: the disk fills for both.
    PULL(4, "(fetch|extract) layer"),
    EXTRACT(12, "(fetch|extract) layer"),
    RUN(20, "run a command"),
    WRITE(26, "write a layer"),
    EXPORT(34, "write the image to");

    private final int megabytes;
    private final String tried;

    Moment(int megabytes, String tried) {
      this.megabytes = megabytes;
      this.tried = tried;
    }
  }

  static Stream<Arguments> momentsOfUsers() {
    return ItUsers.all()
        .flatMap(user -> Arrays.stream(Moment.values()).map(moment -> Arguments.of(user, moment)));
  }

  @ParameterizedTest
  @MethodSource("momentsOfUsers")
  void aFullDiskIsNamedAndWithSpaceTheBuildGoesThrough(TestUser user, Moment moment)
      throws Exception {
    TestUsers.root();
    Path context =
        ItUsers.context(
            user,
            "FROM %s/noisy\nRUN head -c %d /dev/urandom > /more && [ $(wc -c < /more) = %d ]"
                .formatted(registry.hostPort(), NOISE, NOISE));
    Path directory = user.newDirectory();
    Path disk = Files.createDirectory(directory.resolve("disk"));
    mount(directory.resolve("image"), disk);
    try {
      user.own(disk);
      Path store = disk.resolve("store");
      Path tar = disk.resolve("image.tar");
      Path filler = fill(disk, moment.megabytes * (long) MEGABYTE);
      ExecutorResult full = run(user, context, store, tar);

      assertThat(full.exitCode()).as(full.output()).isEqualTo(4);
      assertThat(full.leftovers()).isEmpty();
      assertThat(full.error().lines().findFirst().orElse(""))
          .containsPattern("error: .*tried to " + moment.tried)
          .contains("the disk of " + disk, " is full; free some space");
      assertThat(full.error().lines().count()).isLessThanOrEqualTo(moment == Moment.RUN ? 5 : 1);
      assertNothingShows(full);
      assertThat(names(disk).toList()).isSubsetOf("lost+found", "filler", "store");

      Files.delete(filler);
      ExecutorResult again = run(user, context, store, tar);
      assertThat(again.exitCode()).as(again.output()).isZero();
      assertThat(again.leftovers()).isEmpty();
      assertThat(names(disk)).contains("image.tar");
    } finally {
      Commands.must("umount", disk.toString());
      TestUsers.delete(directory);
      TestUsers.delete(context);
    }
  }

  private static ExecutorResult run(TestUser user, Path context, Path store, Path tar)
      throws Exception {
    return ExecutorRun.as(user)
        .context(context)
        .store(store)
        .args("--no-push", "--insecure-registry", registry.hostPort())
        .args("--destination", "app", "--tar-path", tar.toString())
        .run();
  }

  private static void mount(Path image, Path disk) throws IOException, InterruptedException {
    Commands.must("truncate", "--size=64M", image.toString());
    Commands.must("mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image.toString());
    Commands.must("mount", "-o", "loop", image.toString(), disk.toString());
  }

  /** Takes all the space but a little. */
  private static Path fill(Path disk, long free) throws IOException, InterruptedException {
    Path filler = disk.resolve("filler");
    long size = Files.getFileStore(disk).getUsableSpace() - free;
    // What the file system needs for itself is missing at the end.
    String fill = "head -c \"$1\" /dev/zero >\"$0\" || [ \"$2\" = 0 ]";
    Commands.must("sh", "-c", fill, filler.toString(), Long.toString(size), Long.toString(free));
    return filler;
  }

  private static Stream<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
