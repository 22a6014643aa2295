package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Outcome;
import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Scenario;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is easily lost on the way from a layer to a root, through a command, and back into a layer.
 */
abstract class ExactnessContract extends RootFilesystemContract {
  /** CAP_NET_RAW, permitted and effective. */
  private static final String CAPABLE =
      "security.capability=0100000200200000000000000000000000000000";

  private static final String SET_CAPABLE = "xattr " + CAPABLE.replace('=', ' ') + " ";

  private boolean isRootless() {
    return isolation() != Isolation.ROOT;
  }

  /** What COPY puts into a root that layers have made. */
  private List<String> applied(List<List<String>> layers, String... lines) throws Exception {
    return play(new Scenario(overlay(), "", List.of(), List.of(), List.of(lines), layers))
        .entries()
        .get(0);
  }

  @Test
  void whatCopyPutsInPlaceIsWhatItsLayerSays() throws Exception {
    assertThat(
            applied(
                List.of(List.of("d there", "f there/gone", "l link there")),
                "d there mode=2770 owner=1000:5 mtime=-7",
                "f there/a mode=6755 owner=5:6 " + CAPABLE + " user.a=6162",
                "h there/b there/a mode=6755 owner=5:6",
                "p there/pipe mode=620",
                "l there/abs /nowhere owner=9:9",
                "d there/gone mode=700 owner=0:0 user.d=01",
                "f there/gone/x mtime=0"))
        .containsExactly(
            "DIRECTORY 2770 1000:5 there",
            "FILE 6755 5:6 there/a " + CAPABLE + " user.a=6162",
            "HARDLINK 6755 5:6 there/b -> there/a",
            "FIFO 620 3:4 there/pipe",
            "SYMLINK 777 9:9 there/abs -> /nowhere",
            "DIRECTORY 700 0:0 there/gone user.d=01",
            "FILE 640 3:4 there/gone/x");
  }

  @Test
  void extendedAttributesThatACommandSetsAreInItsLayer() throws Exception {
    assertThat(
            changes(
                "touch /f; mkdir /d; xattr user.a 00ff0a3d"
                    + " /f; xattr user.empty '' /f; chown 5:6 /f; chmod 4755 /f; "
                    + SET_CAPABLE
                    + "/f; xattr user.d 64 /d"))
        .containsExactly(
            "DIRECTORY 755 0:0 d user.d=64",
            "FILE 4755 5:6 f " + CAPABLE + " user.a=00ff0a3d user.empty=");
  }

  @Test
  void aChangeOfExtendedAttributesAloneIsAChange() throws Exception {
    String base = "touch /set /reset /gone /same; mkdir /d /e /same-d; ";
    for (String file : List.of("reset", "gone", "same", "e", "same-d")) {
      base += "xattr user.a 61 /" + file + "; ";
    }
    assertThat(
            changes(
                base,
                "xattr user.a 62 /set; xattr user.a 62 /reset; xattr user.a /gone; "
                    + "xattr user.a 62 /d; xattr user.a /e; touch /d/x; rm /d/x; "
                    + OLD
                    + "/d"))
        .containsExactlyInAnyOrder(
            "DIRECTORY 755 0:0 d user.a=62",
            "DIRECTORY 755 0:0 e",
            "FILE 644 0:0 gone",
            "FILE 644 0:0 reset user.a=62",
            "FILE 644 0:0 set user.a=62");
  }

  @Test
  void extendedAttributesOfTheBaseFollowTheirFile() throws Exception {
    List<List<String>> base =
        List.of(
            List.of(
                "d d user.d=64",
                "f d/tool mode=755 user.a=61 " + CAPABLE,
                "f d/written mode=755 user.a=61 " + CAPABLE,
                "f d/owned mode=755 user.a=61 " + CAPABLE));
    // The kernel takes capabilities away from a file that is written to or given away.
    assertThat(
            foreign(
                "",
                "mv /d/tool /d/moved; echo x >> /d/written; chown 8:8 /d/owned; touch -d"
                    + " @1100000000 /d",
                base))
        .containsExactlyInAnyOrder(
            "DIRECTORY 751 1:2 d user.d=64",
            "FILE 755 3:4 d/moved " + CAPABLE + " user.a=61",
            "FILE 755 8:8 d/owned user.a=61",
            "WHITEOUT 0 0:0 d/tool",
            "FILE 755 3:4 d/written user.a=61");
  }

  @Test
  void devicesAreKeptWhereTheyCanBeMade() throws Exception {
    List<List<String>> base =
        List.of(List.of("d n", "c n/null device=1:3 mode=666", "b n/disk device=259:70000"));
    String[] copied = {"c made device=1:3", "d n", "b n/disk device=7:8 mode=600"};
    List<String> applied =
        List.of(
            "CHAR_DEVICE 640 3:4 made 1,3",
            "DIRECTORY 751 1:2 n",
            "BLOCK_DEVICE 600 3:4 n/disk 7,8");
    if (isRootless()) {
      // The kernel lets nobody make a device in a user namespace: the base's layer alone has it.
      String step = "[ ! -e /n/null ]; ! mknod /made c 1 3; echo > /n/x; touch -d @1100000000 /n";
      Outcome outcome =
          outcome(new Scenario(overlay(), "", List.of(step), List.of(), List.of(copied), base));
      assertThat(outcome.error()).isEmpty();
      assertThat(outcome.entries())
          .containsExactly(List.of("DIRECTORY 751 1:2 n", "FILE 644 0:0 n/x"), applied);
      assertThat(outcome.differences())
          .as("a stage without a root has them")
          .allMatch(line -> line.matches("tree /(made|n/disk|n/null) is too much"));
      return;
    }
    assertThat(
            foreign(
                "",
                "[ -c /n/null ]; [ -b /n/disk ]; chown 5 /n/null; mknod -m 640 /made c 4095 1048575;"
                    + " mv /n/disk /n/moved; touch -d @1100000000 /n",
                base))
        .containsExactlyInAnyOrder(
            "CHAR_DEVICE 640 0:0 made 4095,1048575",
            "DIRECTORY 751 1:2 n",
            "WHITEOUT 0 0:0 n/disk",
            "BLOCK_DEVICE 640 3:4 n/moved 259,70000",
            "CHAR_DEVICE 666 5:4 n/null 1,3");
    assertThat(applied(base, copied)).isEqualTo(applied);
  }

  @Test
  void setuidSurvivesAChangeOfOwner() throws Exception {
    assertThat(
            foreign(
                "",
                "chown 7:8 /s; chmod 6755 /s; chown 7:8 /lost; mv /kept /moved; chown 7:8 /d",
                List.of(
                    List.of(
                        "f s mode=6755", "f lost mode=6755", "f kept mode=6755", "d d mode=2775"))))
        .containsExactlyInAnyOrder(
            "DIRECTORY 2775 7:8 d",
            "WHITEOUT 0 0:0 kept",
            "FILE 755 7:8 lost",
            "FILE 6755 3:4 moved",
            "FILE 6755 7:8 s");
  }

  @Test
  void directoriesKeepTheirTimes() throws Exception {
    // That the times themselves come back is compared for every scenario.
    assertThat(
            changes(
                "mkdir -p /a/b /c/d; touch /c/f",
                "echo > /a/b/f; touch -d @5 /a/b; rm /c/f; touch -d @1000000000 /c; touch -d @-9"
                    + " /c/d"))
        .containsExactlyInAnyOrder(
            "DIRECTORY 755 0:0 a",
            "DIRECTORY 755 0:0 a/b",
            "FILE 644 0:0 a/b/f",
            "DIRECTORY 755 0:0 c",
            "DIRECTORY 755 0:0 c/d",
            "WHITEOUT 0 0:0 c/f");
  }

  @Test
  void opaqueDirectoriesOfTheBaseHideWhatIsBelow() throws Exception {
    assertThat(
            foreign(
                "",
                "[ \"$(ls /o)\" = above ]; [ ! -e /o/s ]; [ \"$(ls /r)\" = new ]; mkdir /o/s; echo >"
                    + " /o/below; touch -d @1100000000 /o",
                List.of(
                    List.of("d o", "f o/below", "d o/s", "f o/s/deep", "d r", "f r/old"),
                    List.of("d o", "o o", "f o/above", "w r", "d r", "f r/new"))))
        .containsExactlyInAnyOrder(
            "DIRECTORY 751 1:2 o", "FILE 644 0:0 o/below", "DIRECTORY 755 0:0 o/s");
  }

  @Test
  void pathsMayHaveFourThousandCharacters() throws Exception {
    // 15 directories with names of 249 bytes, one of 226, a file of 23: 4,000 with its slashes.
    String n = "n".repeat(249);
    String into = "cd /; for i in $(seq 15); do mkdir -p %s; cd %s; done; ".formatted(n, n);
    String last = "m".repeat(226);
    String file = "f".repeat(23);
    String step =
        into
            + "mkdir -p %1$s; cd %1$s; echo x > %2$s; ln %2$s %3$s"
                .formatted(last, file, "g".repeat(23));
    List<String> made = changes(step);
    assertThat(made).hasSize(18);
    assertThat(path(made.get(16))).hasSize(4000);
    assertThat(changes(step, into + "cd %s; rm %s; cd /; touch /x".formatted(last, file)))
        .anyMatch(line -> line.startsWith("WHITEOUT") && path(line).length() == 4000);
    assertThat(changes(step, "rm -r /" + n)).containsExactly("WHITEOUT 0 0:0 " + n);
  }

  private static String path(String line) {
    return line.split(" ", -1)[3];
  }

  @Test
  void ownersBeyondWhatATarHeaderHoldsAreKept() throws Exception {
    List<List<String>> base = List.of(List.of("f mine mode=4755 owner=2097152:4294967294"));
    if (isRootless()) {
      assertThat(changes("! chown 2097152 /bin/xattr; chown 60000 /tmp 2>/dev/null || echo > /x"))
          .containsExactly("FILE 644 0:0 x");
      Scenario scenario = new Scenario(overlay(), "", List.of(), List.of(), List.of(), base);
      assertThat(outcome(scenario).error())
          .contains("tried to give /mine to 2097152:4294967294")
          .contains("/etc/subuid");
      return;
    }
    assertThat(
            foreign(
                "",
                "echo > /f; chown 2097152:3000000000 /f; [ $(stat -c %u:%g /mine) ="
                    + " 2097152:4294967294 ]; mv /mine /moved",
                base))
        .containsExactlyInAnyOrder(
            "FILE 644 2097152:3000000000 f",
            "WHITEOUT 0 0:0 mine",
            "FILE 4755 2097152:4294967294 moved");
  }

  @Test
  void filesBeyondEightGigabytesHaveTheirSize() throws Exception {
    Scenario scenario =
        new Scenario(
            overlay(),
            "",
            List.of("truncate -s 9663676417 /huge", "rm /huge"),
            List.of(),
            List.of());
    assertThat(play(scenario).entries())
        .containsExactly(
            List.of("FILE 644 0:0 huge size=9663676417"), List.of("WHITEOUT 0 0:0 huge"));
  }

  @Test
  void timesBeforeNineteenSeventyAreKept() throws Exception {
    assertThat(
            foreign(
                "",
                "[ $(stat -c %Y /f /d /l | tr '\\n' ' ' | tr -d ' ') = -1-2000000000-3 ]; mv /f /g;"
                    + " touch -d @-2 /h",
                List.of(List.of("f f mtime=-1", "d d mtime=-2000000000", "l l x mtime=-3"))))
        .containsExactlyInAnyOrder("WHITEOUT 0 0:0 f", "FILE 640 3:4 g", "FILE 644 0:0 h");
  }

  @Test
  void sparseFilesTakeNoRoom() throws Exception {
    // What the layer of the first command holds as zeros, the second finds as a hole.
    String sparse = "truncate -s 3M /f; echo x >> /f; truncate -s 6M /f; echo y >> /f; ";
    String room = "[ $(du -k /f | cut -f 1) -lt 300 ]; ";
    assertThat(changes(sparse + room, room + "[ $(tr -d '\\0' < /f | tr -d '\\n') = xy ]"))
        .isEmpty();
    assertThat(changes(sparse, "mv /f /g")).containsExactly("WHITEOUT 0 0:0 f", "FILE 644 0:0 g");
  }
}
