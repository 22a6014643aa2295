package io.jenkins.plugins.kaniko.executor.rootfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Outcome;
import io.jenkins.plugins.kaniko.executor.rootfs.RootfsServer.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every root file system promises, on every rung: commands really run, and each changeset is
 * applied to the base again, both into a plain directory and as one more layer of an overlay. Both
 * must give the root as the command has left it.
 */
abstract class RootFilesystemContract extends RootFilesystemScenarios {
  @Test
  void aCommandThatChangesNothingMakesNoLayer() throws Exception {
    assertThat(
            changes("mkdir -p /etc; echo a > /etc/a", "cat /etc/a; cat /etc/resolv.conf; ls /proc"))
        .isEmpty();
  }

  @Test
  void mountPointsLeaveNoTrace() throws Exception {
    assertThat(changes("test -s /etc/resolv.conf && test -d /proc/1 && test -c /dev/null"))
        .isEmpty();
  }

  @Test
  void whatACommandPutsBesideMountPointsStays() throws Exception {
    assertThat(changes("echo x > /etc/x"))
        .containsExactly("DIRECTORY 755 0:0 etc", "FILE 644 0:0 etc/x");
  }

  @Test
  void aNewFileBringsItsUnchangedParentsAlong() throws Exception {
    assertThat(changes("mkdir -p /a/b", "echo x > /a/b/f; " + OLD + "/a/b; umask 077; echo > /g"))
        .containsExactly(
            "DIRECTORY 755 0:0 a", "DIRECTORY 755 0:0 a/b", "FILE 644 0:0 a/b/f", "FILE 600 0:0 g");
  }

  @Test
  void aFileOfTheSameSizeAndTimeIsStillChanged() throws Exception {
    assertThat(changes("echo one > /f", "echo two > /f; touch -d @1000000000 /f"))
        .containsExactly("FILE 644 0:0 f");
  }

  @Test
  void aChangeOfTimeOwnerOrModeAloneIsAChange() throws Exception {
    assertThat(changes("touch /t /o /m /same", "touch /t; chown 7:8 /o; chmod 4711 /m"))
        .containsExactly("FILE 4711 0:0 m", "FILE 644 7:8 o", "FILE 644 0:0 t");
  }

  @Test
  void setuidSetgidAndStickyBitsSurvive() throws Exception {
    assertThat(
            changes(
                "touch /u /g; mkdir /s /d; chown 3:4 /u /g; chmod 4755 /u; chmod 2755 /g; chmod"
                    + " 1777 /s; chmod 2770 /d; touch /d/f"))
        .containsExactly(
            "DIRECTORY 2770 0:0 d",
            "FILE 644 0:0 d/f",
            "FILE 2755 3:4 g",
            "DIRECTORY 1777 0:0 s",
            "FILE 4755 3:4 u");
  }

  @Test
  void deletionsAreWhiteouts() throws Exception {
    assertThat(changes("mkdir -p /d/e; touch /f /d/g /d/e/h", "rm -r /f /d/e; " + OLD + "/d"))
        .containsExactly("WHITEOUT 0 0:0 f", "DIRECTORY 755 0:0 d", "WHITEOUT 0 0:0 d/e");
  }

  @Test
  void filesAndDirectoriesReplaceEachOther() throws Exception {
    assertThat(
            changes(
                "mkdir -p /d/e; touch /f /d/e/x; ln -s d /l",
                "rm -r /d /f /l; echo > /d; mkdir /f /l; echo > /f/g"))
        .containsExactly(
            "FILE 644 0:0 d", "DIRECTORY 755 0:0 f", "FILE 644 0:0 f/g", "DIRECTORY 755 0:0 l");
  }

  @Test
  void aDirectoryMadeAnewHidesEverythingThatWasInIt() throws Exception {
    List<String> lines =
        changes(
            "mkdir -p /d/sub/deep /d/kept; touch /d/a /d/sub/old /d/sub/deep/old /d/kept/k",
            "rm -rf /d; mkdir -p /d/sub/deep; echo > /d/sub/new");
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "DIRECTORY 755 0:0 d",
            "WHITEOUT 0 0:0 d/a",
            "WHITEOUT 0 0:0 d/kept",
            "DIRECTORY 755 0:0 d/sub",
            "WHITEOUT 0 0:0 d/sub/old",
            "DIRECTORY 755 0:0 d/sub/deep",
            "WHITEOUT 0 0:0 d/sub/deep/old",
            "FILE 644 0:0 d/sub/new");
  }

  @Test
  void aDirectoryMayBeRenamedAlsoOverADeletedOne() throws Exception {
    assertThat(changes("mkdir -p /old/s; echo 1 > /old/s/f", "mv /old /new"))
        .contains("WHITEOUT 0 0:0 old", "DIRECTORY 755 0:0 new", "FILE 644 0:0 new/s/f");
    assertThat(
            changes(
                "mkdir -p /d/s; touch /d/s/old",
                "mkdir -p /n/s; touch /n/s/new; rm -r /d; mv /n /d"))
        .contains("WHITEOUT 0 0:0 d/s/old", "FILE 644 0:0 d/s/new");
  }

  @Test
  void aFileThatIsDeletedAndMadeAgainIsChanged() throws Exception {
    assertThat(changes("echo a > /f", "rm /f; echo b > /f")).containsExactly("FILE 644 0:0 f");
    assertThat(changes("echo a > /f", "echo > /g; rm /g")).isEmpty();
  }

  @Test
  void hardLinksOfOneStepAreOneFile() throws Exception {
    assertThat(changes("mkdir /a /z; echo > /z/f; ln /z/f /a/g; ln /z/f /h; ln -s x /s; ln /s /t"))
        .containsExactly(
            "DIRECTORY 755 0:0 a",
            "FILE 644 0:0 a/g",
            "HARDLINK 644 0:0 h -> a/g",
            "SYMLINK 777 0:0 s -> x",
            "HARDLINK 777 0:0 t -> s",
            "DIRECTORY 755 0:0 z",
            "HARDLINK 644 0:0 z/f -> a/g");
  }

  @Test
  void aFileOfTheBaseMayGetAnotherName() throws Exception {
    assertThat(changes("echo x > /z", "ln /z /a"))
        .containsExactly("FILE 644 0:0 a", "HARDLINK 644 0:0 z -> a");
  }

  @Test
  void aFileWithSeveralNamesInTheBaseMayBeWritten() throws Exception {
    // A plain directory keeps the names together, an overlay parts them: both layers are true.
    assertThat(changes("echo x > /a; ln /a /b", "echo y >> /b")).anyMatch(l -> l.contains(" b"));
  }

  @Test
  void symlinksAreKeptAsTheyStand() throws Exception {
    assertThat(
            changes(
                "ln -s /nowhere/at/all /a; ln -s ../../../x /b; ln -s bin/ /c; ln -s /etc//p /d"))
        .containsExactly(
            "SYMLINK 777 0:0 a -> /nowhere/at/all",
            "SYMLINK 777 0:0 b -> ../../../x",
            "SYMLINK 777 0:0 c -> bin/",
            "SYMLINK 777 0:0 d -> /etc//p");
  }

  @Test
  void filesBelowASymlinkedParentLieAtTheirRealPlace() throws Exception {
    assertThat(changes("mkdir /real; ln -s /real /link", "echo > /link/f; " + OLD + "/real"))
        .containsExactly("DIRECTORY 755 0:0 real", "FILE 644 0:0 real/f");
  }

  @Test
  void fifosAndSocketsHangNothing() throws Exception {
    assertThat(changes("mkfifo -m 640 /p; nc -l -s local:/s & sleep 0.3; kill $! || true"))
        .contains("FIFO 640 0:0 p")
        .noneMatch(line -> line.endsWith(" s"));
    assertThat(changes("mkfifo /p; echo > /f", "echo > /f; cat /f; chown 5 /p"))
        .containsExactly("FILE 644 0:0 f", "FIFO 644 5:0 p");
  }

  @Test
  void namesMayBeAnyBytes() throws Exception {
    assertThat(
            changes(
                "f=$(printf '/n\\377\\376'); echo x > \"$f\"; ln -s \"$f\" /l; mkdir"
                    + " \"$(printf '/d\\303\\244')\"; echo > \"$(printf '/a\\nb')\""))
        .containsExactly(
            "FILE 644 0:0 a\nb",
            "DIRECTORY 755 0:0 dä",
            "SYMLINK 777 0:0 l -> /n\udcff\udcfe",
            "FILE 644 0:0 n\udcff\udcfe");
  }

  @Test
  void aDeepTreeIsWalked() throws Exception {
    String deep = "d=/; for i in $(seq 400); do d=$d/aaaa; done; mkdir -p $d; echo > $d/f";
    assertThat(changes(deep)).hasSize(401);
    assertThat(changes(deep, "rm -r /aaaa")).containsExactly("WHITEOUT 0 0:0 aaaa");
  }

  @Test
  void aChangeOfTheRootDirectoryIsRecorded() throws Exception {
    assertThat(changes("chmod 700 /; chown 9:9 /")).containsExactly("DIRECTORY 700 9:9 ");
  }

  @Test
  void emptyDirectoriesAndOldTimesAreKept() throws Exception {
    assertThat(changes("mkdir -p /e; echo > /f; touch -d '1960-01-01 00:00:00' /f; touch -d @0 /e"))
        .containsExactly("DIRECTORY 755 0:0 e", "FILE 644 0:0 f");
  }

  @Test
  void ignoredPathsEnterNoLayerButStay() throws Exception {
    Scenario scenario =
        new Scenario(
            overlay(),
            "",
            List.of("mkdir /cache; echo > /cache/f", "cat /cache/f; echo > /g"),
            List.of("/cache"),
            List.of());
    assertThat(play(scenario).entries()).containsExactly(List.of(), List.of("FILE 644 0:0 g"));
  }

  @Test
  void eachStepSeesTheOnesBefore() throws Exception {
    Scenario scenario =
        new Scenario(
            overlay(),
            "mkdir /d; echo 0 > /d/f",
            List.of(
                "echo 1 > /d/f",
                "rm /d/f",
                "test ! -e /d/f; echo 2 > /d/f",
                "rm -r /d",
                "mkdir /d"),
            List.of(),
            List.of("d d mode=755 owner=0:0", "f d/copied owner=5:6"));
    List<List<String>> entries = new ArrayList<>(play(scenario).entries());
    assertThat(entries.get(1)).contains("WHITEOUT 0 0:0 d/f");
    assertThat(entries.get(3)).containsExactly("WHITEOUT 0 0:0 d");
    assertThat(entries.get(4)).containsExactly("DIRECTORY 755 0:0 d");
    assertThat(entries.get(5)).containsExactly("DIRECTORY 755 0:0 d", "FILE 640 5:6 d/copied");
  }

  @Test
  void aDirectoryThatALayerOnlyImpliesStaysAsItIs() throws Exception {
    assertThat(
            foreign(
                "mkdir -p /tmp /a/b; chmod 1777 /tmp; chown 5:6 /a/b; " + OLD + "/tmp /a/b",
                "[ $(find /tmp /a/b -maxdepth 0 -perm 1777 -o -user 5 | grep -c .) = 2 ];"
                    + " [ $(cat /tmp/x) = tmp/x ]; [ -d /a/b/c ]; [ ! -e /a/b/c/y ]; rm /a/b/z; "
                    + OLD
                    + "/a/b",
                List.of(
                    List.of("f tmp/x", "f a/b/c/y", "f new/z"), List.of("f a/b/z", "w a/b/c/y"))))
        .containsExactly("DIRECTORY 755 0:0 a", "DIRECTORY 755 5:6 a/b", "WHITEOUT 0 0:0 a/b/z");
  }

  @Test
  void aDirectoryThatALayerOnlyImpliesMayBeASymlinkBelow() throws Exception {
    assertThat(
            foreign(
                "mkdir -p /usr/lib/s /run; ln -s usr/lib /lib; ln -s /run /var; ln -s gone /dead;"
                    + " echo > /usr/lib/old; echo > /usr/lib/s/f",
                "ls -l /lib | grep -q 'usr/lib$'; [ $(cat /usr/lib/s/g) = lib/s/g ];"
                    + " [ ! -e /lib/old ]; [ $(cat /run/ko/app) = var/ko/app ]; cat /gone/x;"
                    + " [ $(cat /lib/own) = usr/lib/own ]",
                List.of(
                    List.of("f lib/s/g", "w lib/old", "f usr/lib/own", "f dead/x"),
                    List.of("f var/ko/app", "h var/ko/too var/ko/app"))))
        .isEmpty();
  }

  @Test
  void aDirectoryThatALayerNamesReplacesASymlink() throws Exception {
    assertThat(
            foreign(
                "mkdir -p /usr/lib; ln -s usr/lib /lib; ln -s usr/lib /two",
                "[ -d /lib ]; [ ! -L /lib ]; [ ! -e /usr/lib/x ]; [ ! -L /two ]; cat /two/x",
                List.of(List.of("d lib", "f lib/x"), List.of("w two", "f two/x"))))
        .isEmpty();
  }

  @Test
  void aHardLinkMayNameAFileOfALowerLayer() throws Exception {
    assertThat(
            foreign(
                "mkdir -p /usr/bin; echo hello > /usr/bin/tool; ln -s usr/bin /b; chmod 711 /usr",
                "[ $(cat /usr/bin/alias) = hello ]; [ $(cat /other/alias) = hello ];"
                    + " [ $(cat /through) = hello ]",
                List.of(
                    List.of("h usr/bin/alias usr/bin/tool"),
                    List.of("d other", "h other/alias usr/bin/alias", "h through b/tool"))))
        .isEmpty();
  }

  @Test
  void aHardLinkToNothingIsAnErrorThatNamesIt() throws Exception {
    Scenario scenario =
        new Scenario(
            overlay(),
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(List.of("h alias usr/nothing")));
    Outcome outcome = outcome(scenario);
    assertThat(outcome.error()).contains("hard link /alias").contains("hold").contains("nothing");
  }
}
