package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every rung that runs commands promises. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class SandboxContract {
  private TestUser user;
  private TestImage image;
  private SandboxClient sandbox;

  abstract TestUser user();

  abstract Isolation isolation();

  /** What the executor is started through. */
  List<String> prefix() {
    return List.of();
  }

  /** Whether the rung has other ids than that of root. */
  boolean hasIds() {
    return true;
  }

  /** Lines of hostile.txt that this rung does not promise to refuse. */
  List<String> notPromised() {
    return List.of();
  }

  TestImage image() {
    return image;
  }

  @BeforeAll
  void start() throws Exception {
    user = user();
    image = TestImage.create(user);
    sandbox = SandboxClient.start(prefix(), user, isolation(), image.directory().resolve("run"));
  }

  @AfterAll
  void stop() throws Exception {
    if (sandbox != null) {
      sandbox.close();
      image.close();
    }
  }

  private int other(int id) {
    return hasIds() ? id : 0;
  }

  SandboxServer.Answer run(TestImage.Order order) throws Exception {
    return sandbox.order(order.run());
  }

  /** The output of a shell command that succeeds. */
  String shell(String script) throws Exception {
    return succeed(image.shell(script));
  }

  private String succeed(TestImage.Order order) throws Exception {
    SandboxServer.Answer answer = run(order);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output().strip();
  }

  private static String status(String field) {
    return "sed -n 's/^" + field + ":[[:space:]]*//p' /proc/self/status";
  }

  // What a command is

  @Tag("S2")
  @Test
  void theCommandIsTheFirstProcessOfItsNamespace() throws Exception {
    assertThat(shell("echo $$")).isEqualTo("1");
  }

  @Tag("S3")
  @Test
  void rootHasExactlyTheDefaultCapabilities() throws Exception {
    for (String field : List.of("CapEff", "CapPrm", "CapBnd")) {
      assertThat(shell(status(field))).as(field).isEqualTo("00000000a80405fb");
    }
    for (String field : List.of("CapInh", "CapAmb")) {
      assertThat(shell(status(field))).as(field).isEqualTo("0000000000000000");
    }
  }

  @Tag("S3")
  @Test
  void anotherUserHasNoCapabilitiesAndMayGainThoseOfTheBoundingSet() throws Exception {
    Assumptions.assumeTrue(hasIds(), "there is no other id");
    for (String field : List.of("CapEff", "CapPrm", "CapInh", "CapAmb")) {
      assertThat(succeed(image.shell(status(field)).as(1000, 1000)))
          .as(field)
          .isEqualTo("0000000000000000");
    }
    assertThat(succeed(image.shell(status("CapBnd")).as(1000, 1000))).isEqualTo("00000000a80405fb");
    assertThat(succeed(image.shell(status("NoNewPrivs")).as(1000, 1000))).isEqualTo("0");
  }

  @Test
  void userGroupAndSupplementaryGroupsAreThoseAskedFor() throws Exception {
    Assumptions.assumeTrue(hasIds(), "there is no other id");
    assertThat(succeed(image.shell("id -u; id -g; id -G").as(1000, 100, 7, 44)))
        .isEqualTo("1000\n100\n100 7 44");
    assertThat(shell("id -u; id -g; id -G")).isEqualTo("0\n0\n0");
  }

  @Test
  void filesMayBelongToAnyId() throws Exception {
    Assumptions.assumeTrue(hasIds(), "there is no other id");
    assertThat(shell("touch /f; chown 1234:77 /f; stat -c %u:%g /f")).isEqualTo("1234:77");
  }

  @Test
  void setuidProgramsOfTheImageWork() throws Exception {
    Assumptions.assumeTrue(hasIds(), "there is no other id");
    assertThat(succeed(image.command("hostile-setuid", "euid").as(1000, 1000))).isEqualTo("0");
    assertThat(succeed(image.command("hostile", "euid").as(1000, 1000))).isEqualTo("1000");
  }

  @Test
  void theHostNameAndTheFileModeMaskAreFixed() throws Exception {
    assertThat(shell("hostname; umask")).isEqualTo("sandbox-test\n0022");
  }

  @Tag("S8")
  @Test
  void onlyTheStandardStreamsAreOpen() throws Exception {
    assertThat(shell("cd /proc/self/fd; ls -d 0 1 2 3 4 5 6 7 8 9 1? 2>/dev/null; readlink 0"))
        .isEqualTo("0\n1\n2\n/dev/null");
  }

  @Test
  void outputAndErrorsComeAsOneInOrder() throws Exception {
    assertThat(shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2")).isEqualTo("1\n2\n3\n4");
  }

  @Tag("S6")
  @Test
  void theEnvironmentIsExactlyTheOneAskedFor() throws Exception {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", TestImage.PATH);
    environment.put("QUOTES", "it's \"quoted\" $HOME `id` \\ \\n");
    environment.put("LINES", "one\ntwo\n\n");
    environment.put("UTF8", "\u0101\u00e9\u20ac\ud83d\ude00");
    environment.put("EMPTY", "");
    environment.put("IFS", "x");
    environment.put("PWD", "/elsewhere");
    assertThat(shown(environment)).isEqualTo(zeroSeparated(environment));
  }

  @Test
  void variablesThatAShellCannotSetReachTheCommandToo() throws Exception {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", TestImage.PATH);
    environment.put("my.var", "a b");
    environment.put("UID", "12");
    environment.put("OPTIND", "no number");
    environment.put("_", "underscore");
    assertThat(shown(environment)).isEqualTo(zeroSeparated(environment));
  }

  private String shown(Map<String, String> environment) throws Exception {
    SandboxServer.Answer answer =
        run(image.command("cat", "/proc/self/environ").environment(environment));
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return sorted(answer.output());
  }

  private static String zeroSeparated(Map<String, String> environment) {
    StringBuilder text = new StringBuilder();
    environment.forEach((name, value) -> text.append(name).append('=').append(value).append('\0'));
    return sorted(text.toString());
  }

  private static String sorted(String zeroSeparated) {
    return String.join(
        "\0", java.util.Arrays.stream(zeroSeparated.split("\0", -1)).sorted().toList());
  }

  @Test
  void wordsReachTheCommandUnchanged() throws Exception {
    SandboxServer.Answer answer =
        run(image.command("printf", "%s|", "a b", "", "'", "$x", "\u00e9", "-n", "\n"));
    assertThat(answer.output()).isEqualTo("a b||'|$x|\u00e9|-n|\n|");
  }

  @Test
  void theWorkingDirectoryIsTheOneAskedFor() throws Exception {
    assertThat(succeed(image.command("pwd").in("/tmp"))).isEqualTo("/tmp");
  }

  // How a command ends

  @ParameterizedTest
  @CsvSource({
    "exit 3, 3",
    "exec hostile crash, 139",
    "kill -9 $(sh -c 'echo $PPID') & wait $!, 137"
  })
  void exitCodesAreThoseOfAShell(String script, int exitCode) throws Exception {
    assertThat(run(image.shell(script)).exitCode()).isEqualTo(exitCode);
  }

  @Test
  void aMissingProgramIs127() throws Exception {
    SandboxServer.Answer answer = run(image.command("no-such-program"));
    assertThat(answer.exitCode()).isEqualTo(127);
    assertThat(answer.output()).contains("no-such-program: not found");
  }

  @Test
  void aProgramThatMayNotBeExecutedIs126() throws Exception {
    assertThat(run(image.command("/bin/no-program")).exitCode()).isEqualTo(126);
  }

  @Test
  void aMissingWorkingDirectoryIsNamed() throws Exception {
    SandboxServer.Answer answer = run(image.command("pwd").in("/no where"));
    assertThat(answer.exitCode()).isEqualTo(127);
    assertThat(answer.output())
        .isEqualTo("the working directory /no where is not there or may not be entered\n");
  }

  @Test
  void anImageWithoutShellRuns() throws Exception {
    Path bare = image.directory().resolve("bare");
    for (String name : List.of("proc", "sys", "dev")) {
      Files.createDirectories(bare.resolve(name));
    }
    Files.copy(image.lower().resolve("bin/hostile"), bare.resolve("only"));
    user.own(bare);
    assertThat(succeed(image.command("/only", "euid").lower(bare).as(other(7), other(7))))
        .isEqualTo("" + other(7));
  }

  @Test
  void interruptingKillsTheWholeTree() throws Exception {
    SandboxServer.Answer answer =
        run(
            image
                .shell("trap '' TERM INT HUP; sleep 86301 & sleep 86302 & echo started; wait")
                .as(other(1000), other(1000))
                .interruptAt("started"));
    assertThat(answer.exitCode()).isEqualTo(-2);
    assertThat(processesWith("sleep 8630")).isEmpty();
  }

  @Tag("S9")
  @Test
  void whatACommandLeavesBehindIsDead() throws Exception {
    shell("setsid sleep 86311 </dev/null >/dev/null 2>&1 & sleep 86312 & echo done");
    assertThat(processesWith("sleep 8631")).isEmpty();
  }

  // What a command sees

  @Test
  void onlyWhatTheCommandChangedIsInTheUpperDirectory() throws Exception {
    shell("echo x >/new");
    assertThat(names(image.upper())).containsExactly("new");
  }

  @Test
  void aPlainDirectoryIsChangedInPlace() throws Exception {
    Path plain = image.directory().resolve("plain");
    TestImage.output("cp", "-a", image.lower().toString(), plain.toString());
    assertThat(succeed(image.shell("echo x >/new; " + status("CapEff")).over(plain)))
        .isEqualTo("00000000a80405fb");
    assertThat(plain.resolve("new")).hasContent("x\n");
    assertThat(names(plain.resolve("dev"))).isEmpty();
    assertThat(
            succeed(
                image.command("hostile-setuid", "euid").over(plain).as(other(1000), other(1000))))
        .isEqualTo("0");
    assertThat(shell("mknod /loop b 7 0; head -c1 /loop || echo refused")).endsWith("refused");
  }

  @Test
  void aFileOfOneCommandHasTheOwnerAndModeAskedForAndLiesInMemory() throws Exception {
    Assumptions.assumeTrue(hasIds(), "there is no other id");
    String script =
        "cat /mnt/f; stat -c ' %a %u:%g' /mnt/f; (echo x >/mnt/f) 2>/dev/null || echo ro";
    assertThat(succeed(image.shell(script).mount("tmpfs:/mnt:4096:rw", "file:/mnt/f:hidden:ro")))
        .isEqualTo("hidden 440 1000:44\nro");
    assertThat(names(image.upper())).isEmpty();
  }

  @Test
  void theDirectoryOfDevicesTakesFurtherFiles() throws Exception {
    assertThat(succeed(image.shell("cat /dev/pipes/x").mount("ownfile:/dev/pipes/x:hidden:ro")))
        .isEqualTo("hidden");
  }

  @Test
  void aFileSystemInMemoryHasItsSizeAndEntersNoLayer() throws Exception {
    String script =
        "dd if=/dev/zero of=/mnt/f bs=1k count=9 2>/dev/null; stat -c %s /mnt/f; stat -c %a /mnt";
    assertThat(succeed(image.shell(script).mount("tmpfs:/mnt:8192:rw"))).isEqualTo("8192\n1777");
    assertThat(names(image.upper())).isEmpty();
  }

  @Test
  void aPartOfAnotherRootCanBeMounted() throws Exception {
    Path other = otherRoot("other");
    for (String kind : List.of("overlay", "directory")) {
      String root = kind.equals("overlay") ? other.toString() : other.resolve("lower").toString();
      String file = kind + ":" + root + ":/data/file:/etc/resolv.conf:file:ro";
      String script = "cat /etc/resolv.conf; (echo x >/etc/resolv.conf) 2>/dev/null || echo ro";
      assertThat(succeed(image.shell(script).mount(file))).as(kind).isEqualTo("of another\nro");
    }
    assertThat(
            succeed(
                image
                    .shell("echo x >/mnt/new; cat /mnt/*")
                    .mount("overlay:" + other + ":/data:/mnt:directory:rw")))
        .isEqualTo("of another\nx");
    assertThat(other.resolve("lower/data/new")).doesNotExist();
    assertThat(other.resolve("tree-upper/data/new")).hasContent("x\n");
  }

  @Test
  void mountsThatPassThroughLinksOrDoNotFitAreRefused() throws Exception {
    Path other = otherRoot("linked");
    assertThat(
            run(image.shell("true").mount("overlay:" + other + ":/link/file:/mnt:file:ro"))
                .output())
        .contains("symbolic link /link");
    assertThat(run(image.shell("true").mount("ownfile:/mnt:x:ro")).output())
        .contains("the mount point /mnt is a directory, and what comes there a file");
    assertThat(
            run(image
                    .shell("true")
                    .mount("overlay:" + other + ":/:/mnt:directory:rw", "tmpfs:/mnt/link/t:1:rw"))
                .output())
        .contains("symbolic link /mnt/link");
  }

  @Test
  void withoutANetworkThereIsNothingButLoopback() throws Exception {
    String script =
        "ls /proc/self/net/dev_snmp6; cut -d: -f1 /proc/net/dev | tail -n +3; ping -c1 127.0.0.1 >/dev/null 2>&1; hostname >/dev/null;"
            + " nc -l -p 4711 -e echo up & sleep 1; nc 127.0.0.1 4711";
    assertThat(succeed(image.shell(script).withoutNetwork())).startsWith("lo").endsWith("up");
    assertThat(succeed(image.shell("cat /proc/net/route | tail -n +2").withoutNetwork())).isEmpty();
  }

  private Path otherRoot(String name) throws Exception {
    Path other = Files.createDirectory(image.directory().resolve(name));
    Path data = Files.createDirectories(other.resolve("lower/data"));
    Files.writeString(data.resolve("file"), "of another\n");
    Files.createSymbolicLink(other.resolve("lower/link"), Path.of("data"));
    Files.createDirectory(other.resolve("tree-upper"));
    Files.createDirectory(other.resolve("tree-work"));
    user.own(other);
    return other;
  }

  @Test
  void bindMountsAreReadOnlyWhereAsked() throws Exception {
    Path shared = Files.createDirectory(image.directory().resolve("shared dir"));
    Files.writeString(shared.resolve("hosts"), "from the host\n");
    user.own(shared);
    String file = shared.resolve("hosts") + ":/etc/resolv.conf:ro";
    assertThat(
            succeed(
                image
                    .shell(
                        "cat /etc/resolv.conf; echo x 2>/dev/null >/etc/resolv.conf || echo refused")
                    .bind(file)))
        .isEqualTo("from the host\nrefused");
    assertThat(succeed(image.shell("echo x >/mnt/new; cat /mnt/hosts").bind(shared + ":/mnt:rw")))
        .isEqualTo("from the host");
    assertThat(shared.resolve("new")).hasContent("x\n");
    assertThat(names(image.upper())).isEmpty();
    // What lies on a mount with flags that a user namespace may not drop.
    assertThat(
            succeed(
                image
                    .shell("head -c 5 /etc/resolv.conf")
                    .bind("/proc/version:/etc/resolv.conf:ro")))
        .isEqualTo("Linux");
  }

  @Test
  void missingMountPointsAreNamed() throws Exception {
    assertThat(run(image.shell("true").bind("/etc/hostname:/etc/hosts:ro")).output())
        .contains("the mount point /etc/hosts is missing in the root");
    assertThat(run(image.shell("true").bind("/etc/hostname:/etc/link:ro")).output())
        .contains(
            "the mount point /etc/link of the root passes through the symbolic link /etc/link");
    Path bare = Files.createDirectories(image.directory().resolve("without-sys/proc")).getParent();
    Files.createDirectory(bare.resolve("dev"));
    user.own(bare);
    SandboxServer.Answer answer = run(image.shell("true").lower(bare));
    assertThat(answer.exitCode()).isEqualTo(-1);
    assertThat(answer.output())
        .contains(
            "tried to prepare the root of a command, but the mount point /sys is missing in the root; try ");
  }

  @Tag("S5")
  @Test
  void devHoldsWhatDockerHasThere() throws Exception {
    assertThat(shell("cd /dev; ls -A"))
        .isEqualTo(
            ".kaniko-build\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero");
    assertThat(
            shell(
                "head -c3 /dev/zero | wc -c; echo x >/dev/null; echo y >/dev/shm/f; cat /dev/shm/f; echo z >/dev/stdout"))
        .isEqualTo("3\ny\nz");
    assertThat(
            shell("(: </dev/ptmx) && ls /dev/pts; (: </dev/tty) 2>/dev/null || echo no terminal"))
        .isEqualTo("ptmx\nno terminal");
  }

  @Test
  void devIsFreshForEveryCommand() throws Exception {
    assertThat(shell("mkdir /dev/net; touch /dev/shm/kept /dev/kept; ls -d /dev/net"))
        .isEqualTo("/dev/net");
    assertThat(shell("ls /dev/shm; ls -d /dev/net /dev/kept 2>/dev/null || echo gone"))
        .isEqualTo("gone");
  }

  // What a command may not do. Each line prints BREACH when it succeeds.

  @Tag("S4")
  @Tag("S30")
  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileScripts")
  void isRefused(String what, String script) throws Exception {
    Assumptions.assumeFalse(notPromised().contains(what), "not promised");
    String output = shell("(" + script + ") 2>&1 && echo BREACH || echo refused");
    assertThat(output).as(what).endsWith("refused");
    assertThat(output)
        .as("the attempt is a real one")
        .doesNotContainPattern("not found|nvalid option|nrecogni|sage:|syntax");
  }

  static List<Arguments> hostileScripts() throws IOException {
    try (InputStream in = SandboxContract.class.getResourceAsStream("/sandbox/hostile.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| ", 2))
          .map(parts -> Arguments.of(parts[0], parts[1]))
          .toList();
    }
  }

  @Tag("S5")
  @Test
  void noDiskCanBeOpenedThroughADeviceNode() throws Exception {
    String script =
        "while read major minor blocks name; do case $major in [0-9]*)"
            + " for at in /opt /tmp /dev /dev/shm; do"
            + " mknod $at/$name b $major $minor 2>/dev/null && head -c1 $at/$name >/dev/null 2>&1 && echo BREACH $at;"
            + " done; echo tried;; esac; done </proc/partitions";
    assertThat(shell(script)).contains("tried").doesNotContain("BREACH");
  }

  @Tag("S1")
  @Test
  void theDoubleChrootStaysInTheRoot() throws Exception {
    String reached = succeed(image.command("hostile", "escape"));
    assertThat(reached.split(" ", -1))
        .contains("esc", "bin", "mnt")
        .doesNotContain("lib", "usr", "var", "box", "root-of-host");
  }

  @Test
  void theDoubleChrootReachesTheHostWithoutTheMove() throws Exception {
    Path control = image.directory().resolve("control");
    TestImage.output("cp", "-a", image.lower().toString(), control.toString());
    List<String> chroot =
        List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "chroot",
            control.toString(),
            "/bin/hostile",
            "escape");
    assertThat(TestImage.output(user.command(chroot).toArray(String[]::new)).split(" ", -1))
        .contains("usr", "var");
  }

  @Tag("S1")
  @Test
  void noDirectoryOfTheHostCanBeRead() throws Exception {
    Path secret = image.directory().resolve("secret");
    assertThat(secret).exists();
    String script =
        "for root in '' /proc/1/root /proc/self/root /proc/*/cwd /.. /dev/.kaniko-build /proc/1/root/..; do"
            + " cat $root"
            + secret
            + "; ls $root/lower; done 2>/dev/null | grep . && echo BREACH || echo refused";
    assertThat(shell(script)).isEqualTo("refused");
    assertThat(shell("cat /proc/self/mountinfo"))
        .doesNotContain("/old")
        .doesNotContain("rw,relatime - ext4");
  }

  @Tag("S2")
  @Test
  void processesOutsideCannotBeKilled() throws Exception {
    Process outside = new ProcessBuilder(user.command(List.of("sleep", "600"))).start();
    try {
      shell("kill -9 " + outside.pid() + " 2>/dev/null; trap '' TERM; kill -9 -1; true");
      assertThat(outside.isAlive()).isTrue();
    } finally {
      outside.destroyForcibly();
    }
  }

  @Tag("S7")
  @Test
  void aPreloadedLibraryOfTheEnvironmentIsNeverLoadedOutside() throws Exception {
    Path open = user.newDirectory();
    Path mark = open.resolve("mark");
    Path library = image.lower().resolve("opt/evil.so");
    TestImage.compile("evil.c", library, "-shared", "-fPIC", "-DMARK=\"" + mark + "\"");
    Files.copy(library, open.resolve("evil.so"));
    user.own(open);
    for (String path :
        List.of(open + "/evil.so", "/opt/evil.so", "./opt/evil.so", "/root/opt/evil.so")) {
      for (Map<String, String> more : List.of(Map.<String, String>of(), Map.of("my.var", "1"))) {
        Map<String, String> environment = new LinkedHashMap<>(more);
        environment.put("PATH", TestImage.PATH);
        environment.put("LD_PRELOAD", path);
        environment.put("LD_LIBRARY_PATH", "/opt");
        environment.put("ENV", "/opt/evil.sh");
        assertThat(shown(environment)).isEqualTo(zeroSeparated(environment));
        assertThat(names(image.upper())).isEmpty();
      }
    }
    assertThat(mark).doesNotExist();
    TestImage.output(
        user.command(List.of("env", "LD_PRELOAD=" + open + "/evil.so", "true"))
            .toArray(String[]::new));
    assertThat(mark).as("the control").exists();
    io.jenkins.plugins.kaniko.executor.testing.TestUsers.delete(open);
  }

  @Tag("S10")
  @Test
  void nothingStaysMountedOutside() throws Exception {
    shell("true");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
        .doesNotContain(image.directory().toString());
  }

  // How it all ends

  @Tag("S9")
  @Test
  void killingTheExecutorKillsTheExecutorInsideAndTheCommand() throws Exception {
    SandboxClient doomed =
        SandboxClient.start(prefix(), user, isolation(), image.directory().resolve("doomed"));
    // As another user, and deaf to everything: neither a change of credentials nor a trap lets it
    // live on.
    doomed.tell(
        image.shell("trap '' TERM INT HUP; sleep 86321").as(other(1000), other(1000)).run());
    awaitProcess("sleep 86321");
    ProcessHandle executor = executorOf(doomed.process());
    assertThat(executor.destroyForcibly()).isTrue();
    doomed.process().waitFor();
    awaitNoProcess("sleep 86321");
    awaitNoProcess(image.directory().resolve("doomed").toString());
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("doomed");
  }

  @Test
  void askingTheExecutorToEndEndsItWith143() throws Exception {
    SandboxClient asked =
        SandboxClient.start(prefix(), user, isolation(), image.directory().resolve("asked"));
    asked.tell(image.shell("sleep 86331").run());
    awaitProcess("sleep 86331");
    executorOf(asked.process()).destroy();
    assertThat(asked.process().waitFor()).isEqualTo(143);
    assertThat(processesWith("sleep 86331")).isEmpty();
    assertThat(processesWith(image.directory().resolve("asked").toString())).isEmpty();
  }

  @Test
  void overlaysWorkInADirectoryOnADisk() throws Exception {
    Path store = Files.createDirectory(image.directory().resolve("store with space"));
    user.own(store);
    SandboxServer.Answer answer = sandbox.order(new SandboxServer.ProbeOverlay(store.toString()));
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    assertThat(names(store)).isEmpty();
  }

  @Test
  void overlaysInProcAreRefusedWithAReason() throws Exception {
    assertThat(sandbox.order(new SandboxServer.ProbeOverlay("/proc")).output())
        .contains("tried to find out whether overlays work in /proc");
  }

  String report() {
    return sandbox.report();
  }

  private static ProcessHandle executorOf(Process process) {
    // setpriv and env exec, so the process is the executor itself.
    return process.toHandle();
  }

  private static List<String> names(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void awaitProcess(String words) throws Exception {
    while (processesWith(words).isEmpty()) {
      Thread.sleep(10);
    }
  }

  private static void awaitNoProcess(String words) throws Exception {
    while (!processesWith(words).isEmpty()) {
      Thread.sleep(10);
    }
  }

  /** Processes of this machine that have these words on their command line. */
  private static List<String> processesWith(String words) throws IOException {
    List<String> found = new java.util.ArrayList<>();
    try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        try {
          String line =
              new String(Files.readAllBytes(entry.resolve("cmdline")), StandardCharsets.UTF_8)
                  .replace('\0', ' ');
          if (line.contains(words) && !line.contains("surefire")) {
            found.add(line);
          }
        } catch (IOException e) {
          // It has just ended.
          assertThat(Files.exists(entry.resolve("cmdline"), LinkOption.NOFOLLOW_LINKS))
              .isIn(true, false);
        }
      }
    }
    return found;
  }
}
