package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths as thread 8 of process 7 names them. */
class ProcPathTest {
  @ParameterizedTest
  @CsvSource({
    "/proc, /proc, READ, 0",
    "//proc/./meminfo, /proc/meminfo, READ, 0",
    "/tmp/../proc/sys/kernel, /proc/sys/kernel, READ, 0",
    "/proc/self, /proc/7, READ, 7",
    "/proc/self/status, /proc/7/status, READ, 7",
    "/proc/thread-self/comm, /proc/7/task/8/comm, WRITE, 7",
    "/proc/mounts, /proc/7/mounts, MOUNTS, 7",
    "/proc/9/mountinfo, /proc/9/mountinfo, MOUNTINFO, 9",
    "/proc/net/tcp, /proc/7/net/tcp, READ, 7",
    "/dev/fd/63, /proc/7/fd/63, WRITE, 7",
    "/dev/stdout, /proc/7/fd/1, WRITE, 7",
    "/proc/9/exe, /proc/9/exe, READ, 9",
    "/proc/9/root, /proc/9/root, LOOK, 9",
    "/proc/9/ns/mnt, /proc/9/ns/mnt, LOOK, 9",
    "/proc/9/task/10/stat, /proc/9/task/10/stat, READ, 9",
    "/proc/self/../9/mem, /proc/9/mem, REFUSED, 9",
    "/proc/9/root/etc, /proc/9/root/etc, REFUSED, 9",
    "/proc/9/cwd/x, /proc/9/cwd/x, REFUSED, 9",
    "/proc/9/fd/3/x, /proc/9/fd/3/x, REFUSED, 9",
    "/proc/9/task/10/root/etc, /proc/9/task/10/root/etc, REFUSED, 9",
    "/proc/9/task/10/task/10/stat, /proc/9/task/10/task/10/stat, REFUSED, 9",
    "/proc/9/map_files, /proc/9/map_files, REFUSED, 9"
  })
  void aPathIsWhatItMeansToWhoNamesIt(String path, String real, ProcPath.Use use, long process) {
    ProcPath found = ProcPath.of(ProcPath.names(path, true).orElseThrow(), true, 7, 8);
    assertThat(found).isEqualTo(new ProcPath(real, use, process, null));
  }

  @ParameterizedTest
  @CsvSource({"/proc/self, 7", "/proc/thread-self, 7/task/8", "/proc/mounts,"})
  void aLinkItselfSaysWhoAsks(String path, String link) {
    ProcPath found = ProcPath.of(ProcPath.names(path, false).orElseThrow(), false, 7, 8);
    assertThat(found.link()).isEqualTo(link);
    assertThat(found.real()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({"/process", "proc/self", "/dev/null", "/dev", "/dev/fdx", "/dev/stdout/x", "/"})
  void otherPathsAreNotLookedAt(String path) {
    assertThat(ProcPath.names(path, true)).isEmpty();
    assertThat(ProcPath.names("/dev/stdout", false)).isEmpty();
  }
}
