package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts that only read and write text. */
class IsolationTest {
  @ParameterizedTest
  @CsvSource({
    "auto, AUTO",
    "namespaces, ROOT",
    "userns, SUBID",
    "userns-full, FULL",
    "userns-one, ONE",
    "shared-proc, SHARED_PROC",
    "chroot, CHROOT",
    "in-place, IN_PLACE",
    "none, NONE"
  })
  void spellingsAreThoseOfTheCommandLine(String spelling, Isolation isolation) {
    assertThat(Isolation.parse(spelling)).isEqualTo(isolation);
    assertThat(isolation.spelling()).isEqualTo(spelling);
  }

  @Test
  void anUnknownSpellingIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Isolation.parse("docker"))
        .hasMessage(
            "there is no isolation \"docker\"; try one of auto, namespaces, userns, userns-full, userns-one, shared-proc, chroot, in-place, none");
  }

  @Test
  void whatIsWorthLessIsNeverTakenUnlessItIsNamed() {
    assertThat(Isolation.AUTO.candidates())
        .containsExactly(Rung.ROOT, Rung.SUBID, Rung.FULL, Rung.ONE);
  }

  @Test
  void inAFullMapEachIdIsItself() {
    assertThat(IdMap.identity(List.of("         0     100000      65536", "70000 5 1")))
        .containsExactly("0", "0", "65536", "70000", "70000", "1");
  }

  @Test
  void aDecisionSurvivesTheEnvironment() {
    Decision decision =
        new Decision(
            Rung.SUBID,
            List.of(
                new Refusal(Rung.ROOT, "it is said:\tno", "do\nthis"),
                new Refusal(Rung.SUBID, "", "")));
    assertThat(Decision.parse(decision.format()))
        .isEqualTo(
            new Decision(
                Rung.SUBID,
                List.of(
                    new Refusal(Rung.ROOT, "it is said: no", "do this"),
                    new Refusal(Rung.SUBID, "", ""))));
  }

  @Test
  void subIdsFollowTheUserInTheMap(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("subuid");
    Files.writeString(file, "other:1:2\nme:100000:65536\n1000:300000:10\nme:bad\n");
    assertThat(IdMap.arguments(file, "me", 1000, 1000))
        .containsExactly("0", "1000", "1", "1", "100000", "65536", "65537", "300000", "10");
    assertThatThrownBy(() -> IdMap.arguments(file, "you", 1001, 1001))
        .hasMessage(file + " has no line for you");
    assertThatThrownBy(() -> IdMap.arguments(directory.resolve("none"), "me", 1000, 1000))
        .hasMessageEndingWith("none cannot be read");
  }

  @Test
  void flagsAreThoseOfTheMountThatIsSeen() {
    List<String> mountinfo =
        List.of(
            "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
            "23 22 0:22 / /run rw,nosuid,nodev - tmpfs tmpfs rw",
            "24 23 0:23 / /run/my\\040lock ro,noexec,relatime - tmpfs tmpfs rw",
            "25 22 0:24 / /run rw,nosuid,noexec - tmpfs tmpfs rw");
    assertThat(MountFlags.of(Path.of("/runner"), mountinfo)).isEmpty();
    assertThat(MountFlags.of(Path.of("/run/x"), mountinfo)).containsExactly("nosuid", "noexec");
    assertThat(MountFlags.of(Path.of("/run/my lock/x"), mountinfo)).containsExactly("ro", "noexec");
  }
}
