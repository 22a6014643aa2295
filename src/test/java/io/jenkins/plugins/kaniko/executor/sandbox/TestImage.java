package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An image of Debian's busybox-static and a program of bad intentions, and commands to run over it.
 */
final class TestImage implements AutoCloseable {
  static final String PATH = "/bin";

  private final TestUser user;
  private final Path directory;
  private int runs;

  private TestImage(TestUser user, Path directory) {
    this.user = user;
    this.directory = directory;
  }

  static TestImage create(TestUser user) throws Exception {
    Path directory = user.newDirectory();
    Path lower = Files.createDirectory(directory.resolve("lower"));
    for (String name : List.of("bin", "proc", "sys", "dev", "etc", "mnt", "root", "tmp", "opt")) {
      Files.setAttribute(
          Files.createDirectory(lower.resolve(name)),
          "unix:mode",
          name.equals("tmp") ? 01777 : 0755);
    }
    Path busybox =
        Files.exists(Path.of("/bin/busybox"))
            ? Path.of("/bin/busybox")
            : Path.of("/usr/bin/busybox");
    Files.copy(busybox, lower.resolve("bin/busybox"));
    Files.setAttribute(lower.resolve("bin/busybox"), "unix:mode", 0755);
    for (String applet : output("busybox", "--list").split("\n", -1)) {
      if (!applet.isEmpty() && !applet.equals("busybox")) {
        Files.createSymbolicLink(lower.resolve("bin").resolve(applet), Path.of("busybox"));
      }
    }
    compile("hostile.c", lower.resolve("bin/hostile"), "-static");
    Files.copy(lower.resolve("bin/hostile"), lower.resolve("bin/hostile-setuid"));
    Files.setAttribute(lower.resolve("bin/hostile-setuid"), "unix:mode", 04755);
    Files.writeString(lower.resolve("bin/no-program"), "no program\n");
    Files.writeString(lower.resolve("etc/resolv.conf"), "");
    Files.createSymbolicLink(lower.resolve("etc/link"), Path.of("/etc/resolv.conf"));
    Files.writeString(directory.resolve("secret"), "of the host\n");
    user.own(directory);
    return new TestImage(user, directory);
  }

  /** Compiles one of the C files beside the tests. */
  static void compile(String source, Path program, String... options) throws Exception {
    Path file = Files.createTempFile("kaniko-build", ".c");
    try (InputStream in = TestImage.class.getResourceAsStream("/sandbox/" + source)) {
      Files.write(file, in.readAllBytes());
      List<String> command =
          new java.util.ArrayList<>(List.of("gcc", "-O1", "-w", "-o", program.toString()));
      command.addAll(List.of(options));
      command.add(file.toString());
      output(command.toArray(String[]::new));
    } finally {
      Files.delete(file);
    }
  }

  static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + output).isZero();
    return output;
  }

  /** A directory of the host that no command may see. */
  Path directory() {
    return directory;
  }

  TestUser user() {
    return user;
  }

  Path lower() {
    return directory.resolve("lower");
  }

  /** The upper directory of the latest run. */
  Path upper() {
    return directory.resolve("upper" + runs);
  }

  /** A shell command. */
  Order shell(String script) {
    return command("sh", "-c", script);
  }

  /** A command without a shell. */
  Order command(String... argv) {
    return new Order(List.of(argv));
  }

  @Override
  public void close() {
    TestUsers.delete(directory);
  }

  /** What is asked of the server, with the usual things for granted. */
  final class Order {
    private final List<String> argv;
    private Map<String, String> environment = Map.of("PATH", PATH);
    private String workingDirectory = "/";
    private List<Integer> ids = List.of(0, 0);
    private List<String> binds = List.of();
    private List<String> mounts = List.of();
    private String network = "HOST";
    private String interruptAt = "";
    private Path plain;
    private Path lower = TestImage.this.lower();

    private Order(List<String> argv) {
      this.argv = argv;
    }

    Order environment(Map<String, String> variables) {
      environment = variables;
      return this;
    }

    Order in(String directory) {
      workingDirectory = directory;
      return this;
    }

    Order as(Integer... userAndGroups) {
      ids = List.of(userAndGroups);
      return this;
    }

    Order bind(String... mounts) {
      binds = List.of(mounts);
      return this;
    }

    /** KIND:...:ro or rw, as {@link SandboxServer} reads them. */
    Order mount(String... specifications) {
      mounts = List.of(specifications);
      return this;
    }

    Order withoutNetwork() {
      network = "NONE";
      return this;
    }

    Order interruptAt(String text) {
      interruptAt = text;
      return this;
    }

    /** Over a plain directory. */
    Order over(Path root) {
      plain = root;
      return this;
    }

    /** Over another lower directory. */
    Order lower(Path other) {
      lower = other;
      return this;
    }

    SandboxServer.Run run() throws IOException {
      runs++;
      Path work = directory.resolve("work" + runs);
      user.own(Files.createDirectory(upper()));
      user.own(Files.createDirectory(work));
      return new SandboxServer.Run(
          (plain == null ? directory : plain).toString(),
          plain == null ? List.of(directory.relativize(lower).toString()) : List.of(),
          upper().toString(),
          work.toString(),
          argv,
          new java.util.LinkedHashMap<>(environment),
          workingDirectory,
          new java.util.ArrayList<>(ids),
          binds,
          mounts,
          network,
          "sandbox-test",
          interruptAt);
    }
  }
}
