package io.jenkins.plugins.kaniko.agent;

import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** An agent's directories on this machine, with the packaged executor, and builds on it. */
final class Agent implements AutoCloseable {
  private final Path root;
  private final Path workspace;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Surroundings surroundings;

  private Agent(Path root) throws IOException {
    this.root = root;
    workspace = Files.createDirectories(root.resolve("workspace").resolve("job"));
    surroundings = new Surroundings("Linux", environment(), root.resolve("kaniko"));
  }

  static Agent create() throws IOException {
    return new Agent(Files.createTempDirectory("kaniko-build-agent"));
  }

  /** In a directory that is there already, which the caller deletes. */
  static Agent in(Path root) throws IOException {
    return new Agent(root);
  }

  static Path executorJar() throws IOException {
    String given = System.getProperty("executor.jar");
    if (given != null) {
      return Path.of(given);
    }
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("target"), "*-executor.jar")) {
      return jars.iterator().next().toAbsolutePath();
    }
  }

  static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  private Map<String, String> environment() {
    return Map.of("PATH", System.getenv("PATH"), "HOME", root.resolve("home").toString());
  }

  Agent dockerfile(String... lines) throws IOException {
    Files.writeString(workspace.resolve("Dockerfile"), String.join("\n", lines) + "\n");
    return this;
  }

  /** A Dockerfile on top of /bin/busybox, which is also its shell. */
  Agent busybox(String... commands) throws IOException {
    Path busybox = Path.of("/bin/busybox");
    Files.copy(busybox, workspace.resolve("busybox"));
    List<String> lines =
        new ArrayList<>(
            List.of("FROM scratch", "COPY busybox /bin/busybox", "COPY busybox /bin/sh"));
    lines.addAll(List.of(commands));
    return dockerfile(lines.toArray(String[]::new));
  }

  AgentRequest.Builder request(String... flags) throws IOException {
    List<String> all = new ArrayList<>(List.of("--context", ".", "--verbosity", "debug"));
    all.addAll(List.of(flags));
    return AgentRequest.builder()
        .flags(all)
        .executorSha256(sha256(executorJar()))
        .version("test")
        .buildId("job-1")
        .agentRoot(root.toString());
  }

  AgentResult build(AgentRequest.Builder request) throws IOException, InterruptedException {
    return build(request, () -> false);
  }

  AgentResult build(AgentRequest.Builder request, BooleanSupplier abandoned)
      throws IOException, InterruptedException {
    PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
    try (InputStream jar = Files.newInputStream(executorJar())) {
      return new AgentBuild(request.build(), surroundings, abandoned).run(workspace, out, jar);
    }
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  Path root() {
    return root;
  }

  Path workspace() {
    return workspace;
  }

  Path kaniko() {
    return surroundings.kaniko();
  }

  Path home() {
    return root.resolve("kaniko-build").resolve(Integer.toString(TestUsers.current().uid()));
  }

  /** What a JVM of its own, with an agent's root, is asked to build, with a login to hide. */
  static AgentRequest foreign(Path root, Path jar, List<String> flags) throws IOException {
    return AgentRequest.builder()
        .flags(flags)
        .executorSha256(sha256(jar))
        .version("test")
        .buildId("job-1")
        .agentRoot(root.toString())
        .credentials(List.of(new RegistryLogin("other.example", "user", "never-shown")))
        .build();
  }

  /** What is left of the credentials of builds. */
  List<Path> credentials() throws IOException {
    Path docker = home().resolve("kaniko").resolve(".docker");
    if (!Files.exists(docker)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(docker)) {
      return files.toList();
    }
  }

  /** The processes whose command line has this text. */
  static List<Long> processes(String text) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> commandLine(process.pid()).contains(text))
        .map(ProcessHandle::pid)
        .toList();
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 1200 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    if (!condition.getAsBoolean()) {
      throw new AssertionError("waited in vain");
    }
  }

  @Override
  public void close() {
    TestUsers.delete(root);
  }
}
