package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.Container;
import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The rung that must be named, in a container as Docker makes it by default. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChrootSandboxTest {
  private static final Pattern LIBRARY = Pattern.compile("/lib\\S+");
  private static final Map<String, String> TOOLS = Map.of("PATH", "/usr/bin:/bin");

  private TestImage image;
  private Container container;
  private SandboxClient sandbox;
  private Path root;

  @BeforeAll
  void start() throws Exception {
    TestUser user = TestUsers.root();
    image = TestImage.create(user);
    root = image.lower();
    container = Container.docker(user);
    Path run = Files.createDirectory(image.directory().resolve("run"));
    sandbox =
        SandboxClient.start(container.command(SandboxClient.command(user, Isolation.CHROOT, run)));
  }

  @AfterAll
  void stop() throws Exception {
    if (sandbox != null) {
      sandbox.close();
      container.close();
      image.close();
    }
  }

  private SandboxServer.Answer run(TestImage.Order order) throws Exception {
    return sandbox.order(order.over(root).run());
  }

  private String succeed(TestImage.Order order) throws Exception {
    SandboxServer.Answer answer = run(order);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output().strip();
  }

  @Test
  void commandsRunAsWhoIsAskedForWithAnExactEnvironment() throws Exception {
    assertThat(sandbox.report()).isEqualTo("sandbox: chroot");
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/bin");
    environment.put("A", "it's $b");
    assertThat(succeed(image.command("env").environment(environment)).lines())
        .containsExactlyInAnyOrder("PATH=/bin", "A=it's $b");
    assertThat(succeed(image.shell("id -u; id -g; id -G; umask").as(1000, 100, 7)))
        .isEqualTo("1000\n100\n100 7\n0022");
    assertThat(succeed(image.shell("touch /f; chown 1234:77 /f; stat -c %u:%g /f; rm /f")))
        .isEqualTo("1234:77");
    // The price of a /proc.
    assertThat(succeed(image.command("hostile-setuid", "euid").as(1000, 1000))).isEqualTo("1000");
    assertThat(run(image.shell("exit 3")).exitCode()).isEqualTo(3);
    assertThat(run(image.command("no-such-program")).exitCode()).isEqualTo(127);
    assertThat(succeed(image.command("pwd").in("/tmp"))).isEqualTo("/tmp");
  }

  /** Debian's own, with their libraries: busybox looks at /proc in ways of its own. */
  private void bring(String... programs) throws Exception {
    for (String program : programs) {
      Path file = Path.of("/usr/bin", program);
      List<Path> files = new ArrayList<>(List.of(file));
      Matcher library = LIBRARY.matcher(TestImage.output("ldd", file.toString()));
      while (library.find()) {
        files.add(Path.of(library.group()));
      }
      for (Path each : files) {
        Path copy = root.resolve(each.toString().substring(1));
        Files.createDirectories(copy.getParent());
        Files.copy(each, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void aCommandFindsItsProcessesInProc() throws Exception {
    bring("bash", "diff", "mountpoint", "readlink", "ls");
    String script =
        """
        mountpoint -q /proc && mountpoint -q / && ! mountpoint -q /tmp && echo mounted
        diff <(echo a) <(echo a) && echo same
        ls /proc/self/fd | tr '\\n' ' '
        readlink /proc/self/exe /proc/self/root /proc/self/cwd
        sed -n 's/^Name:.//p' /proc/self/status
        [ $$ = $(exec sh -c 'cut -d" " -f4 /proc/$$/stat') ] && echo parent
        echo piped | cat /dev/fd/0
        (echo out >/dev/stdout) | cat
        cat /proc/mounts
        ls /proc/ /proc/$$/task | grep -c '^[1-9]'
        cat /proc/uptime /proc/$$/task/$$/status | grep -c -e '^[0-9]' -e '^Pid:'
        """;
    for (int uid : List.of(0, 1000)) {
      TestImage.Order order = image.command("/usr/bin/bash", "-c", script);
      assertThat(succeed(order.environment(TOOLS).as(uid, uid)))
          .isEqualTo(
              """
              mounted
              same
              0 1 2 /usr/bin/readlink
              /
              /
              sed
              parent
              piped
              out
              rootfs / rootfs rw 0 0
              proc /proc proc rw 0 0
              4
              2""");
    }
  }

  @Test
  void procLeadsNoFartherThanTheRootOfTheCommand() throws Exception {
    String script =
        """
        for file in 1/status 1/environ 1/root/etc/passwd $PPID/mem self/mem self/root/etc \\
            self/cwd/../etc self/task/$$/environ/x self/fd/0/x self/map_files; do
          ls /proc/$file >/dev/null 2>&1 && echo $file
          cat /proc/$file >/dev/null 2>&1 && echo $file
        done
        cd /proc/self/fd 2>/dev/null && echo entered
        echo 1 2>/dev/null >/proc/sys/vm/drop_caches && echo sys
        echo h 2>/dev/null >/proc/sysrq-trigger && echo sysrq
        hostile above /proc
        hostile above /proc/self/fd
        """;
    for (int uid : List.of(0, 1000)) {
      assertThat(run(image.shell(script).as(uid, uid)).output()).isEqualTo("inside\ninside\n");
    }
  }

  @Test
  void whatIsPutIntoTheRootIsGoneAfterwardsAndTheRootIsAsItWas() throws Exception {
    Path hosts = Files.writeString(image.directory().resolve("hosts"), "from outside\n");
    Files.createFile(root.resolve("dev/of-the-image"));
    FileTime time = FileTime.from(1_000_000_000, TimeUnit.SECONDS);
    for (String name : List.of("", "etc")) {
      Files.setLastModifiedTime(root.resolve(name), time);
    }
    String script =
        "cat /etc/resolv.conf; rm /etc/resolv.conf; ls /dev; cat /opt/secret; touch /kept";
    assertThat(
            succeed(
                image
                    .shell(script)
                    .bind(hosts + ":/etc/resolv.conf:ro")
                    .mount("ownfile:/opt/secret:hidden:ro")))
        .startsWith("from outside\n")
        .contains("null", "urandom")
        .doesNotContain("of-the-image")
        .endsWith("hidden");
    assertThat(root.resolve("etc/resolv.conf")).isEmptyFile();
    assertThat(root.resolve("dev")).isDirectoryContaining("glob:**/of-the-image");
    assertThat(root.resolve("dev/null")).doesNotExist();
    assertThat(root.resolve("opt/secret")).doesNotExist();
    assertThat(root.resolve("kept")).exists();
    assertThat(Files.getLastModifiedTime(root.resolve("kept").getParent())).isNotEqualTo(time);
    succeed(image.shell("true"));
    Files.setLastModifiedTime(root, time);
    succeed(image.shell("true"));
    assertThat(Files.getLastModifiedTime(root)).isEqualTo(time);
  }

  @Test
  void whatACommandLeavesBehindIsDead() throws Exception {
    String script = "setsid sleep 86411 </dev/null >/dev/null 2>&1 & sleep 86412 & echo done";
    for (int uid : List.of(0, 1000)) {
      assertThat(succeed(image.shell(script).as(uid, uid))).isEqualTo("done");
      assertThat(TestImage.output("sh", "-c", "pgrep -f 'sleep 864[1]' || echo none"))
          .isEqualTo("none\n");
    }
    assertThat(
            run(image.shell("sleep 86421 & echo started; wait").interruptAt("started")).exitCode())
        .isEqualTo(-2);
    assertThat(TestImage.output("sh", "-c", "pgrep -f 'sleep 864[2]' || echo none"))
        .isEqualTo("none\n");
  }

  @Test
  void mountsAndNetworksAreRefused() throws Exception {
    assertThat(run(image.shell("true").mount("tmpfs:/mnt:4096:rw")).output())
        .isEqualTo(
            "tried to use RUN --mount other than of secrets, but a chroot has no mounts and no"
                + " network of its own; try another --isolation");
    assertThat(run(image.shell("true").withoutNetwork()).output())
        .startsWith("tried to use RUN --network=none, but a chroot has no mounts");
    assertThat(run(image.shell("true").bind("/etc/hostname:/etc/link:ro")).output())
        .contains("passes through the symbolic link /etc/link");
  }

  @Test
  void devicesOfTheMachineStayClosedAndCapabilitiesAreDockers() throws Exception {
    assertThat(
            succeed(
                image.shell("mknod /disk b 254 0; head -c1 /disk 2>&1 || echo refused; rm /disk")))
        .endsWith("refused");
    assertThat(succeed(image.shell("mount -t tmpfs t /mnt 2>&1 || echo refused")))
        .endsWith("refused");
    assertThat(succeed(image.shell("ls /sys"))).isEmpty();
  }

  /** This is what the warning is about; it is here so that nobody believes otherwise. */
  @Test
  void theContainerIsOpenToACommand() throws Exception {
    assertThat(succeed(image.command("hostile", "escape")).split(" ", -1)).contains("usr", "var");
  }
}
