package io.jenkins.plugins.kaniko.agent;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.pool.TypePool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Builds over a real channel to an agent that has nothing of ours: it fetches every class. The
 * Remoting is that of Jenkins's ancestor, because Jenkins's own is not on Maven Central; what this
 * knows of channels was the same then.
 */
class RemotingIT {
  private Path root;
  private Path remoting;

  @BeforeEach
  void prepare() throws Exception {
    root = Files.createTempDirectory("kaniko-build-remoting");
    remoting = unpacked(jar());
    Path workspace = Files.createDirectories(root.resolve("workspace").resolve("job"));
    Files.copy(Path.of("/bin/busybox"), workspace.resolve("busybox"));
  }

  @AfterEach
  void delete() {
    TestUsers.delete(root);
  }

  @Test
  void anAgentFetchesWhatItNeedsAndBuilds() throws Exception {
    dockerfile("RUN echo hello");
    String said = finish(controller("build"));

    long size = Files.size(Agent.executorJar());
    assertThat(said)
        .containsPattern("first sha256:[0-9a-f]{64} 2 layers, sent " + size + ", log: .*hello")
        .containsPattern("second sha256:[0-9a-f]{64} 2 layers, sent 0, log: .*hello")
        .containsPattern("third aborted: the build failed: Dockerfile:1:.*NONSENSE")
        .contains("agent ended with 0")
        .doesNotContain("never-shown");
    assertThat(credentials()).isEmpty();
  }

  @Test
  void anInterruptOnTheControllerEndsTheBuildOnTheAgent() throws Exception {
    dockerfile("RUN /bin/busybox sleep 4715.5");
    String said = finish(controller("interrupt"));

    assertThat(said)
        .contains("result java.lang.InterruptedException", "nothing is left")
        .containsPattern("again sha256:[0-9a-f]{64}");
    assertThat(credentials()).isEmpty();
  }

  /** When the channel is gone no class can be fetched any more, not even for cleaning up. */
  @Test
  void anAgentThatLosesItsControllerCleansUp() throws Exception {
    dockerfile("RUN /bin/busybox sleep 4715.6");
    Process controller = controller("build");
    Agent.await(() -> !Agent.processes("sleep\0" + "4715.6").isEmpty());
    assertThat(credentials()).hasSize(1);

    controller.destroyForcibly().waitFor();

    Agent.await(() -> Agent.processes("-Dagent=" + root).isEmpty());
    assertThat(Agent.processes("4715.6")).isEmpty();
    assertThat(Files.readString(root.resolve("agent.log"))).doesNotContain("NoClassDefFoundError");
    assertThat(credentials()).isEmpty();
  }

  private void dockerfile(String command) throws IOException {
    Files.writeString(
        root.resolve("workspace/job/Dockerfile"),
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n" + command + "\n");
  }

  private Process controller(String what) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                remoting + ":" + TestUsers.readableClasspath(),
                RemotingMain.class.getName(),
                what,
                remoting.toString(),
                root.toString(),
                Agent.executorJar().toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("log").toFile());
    builder.environment().put("KANIKO_DIR", root.resolve("none").toString());
    builder.environment().put("HOME", root.toString());
    return builder.start();
  }

  private String finish(Process controller) throws IOException, InterruptedException {
    controller.waitFor();
    return Files.readString(root.resolve("log"));
  }

  private List<Path> credentials() throws IOException {
    Path home = root.resolve("kaniko-build").resolve(Integer.toString(TestUsers.current().uid()));
    try (Stream<Path> files = Files.list(home.resolve("kaniko").resolve(".docker"))) {
      return files.toList();
    }
  }

  /** Not by loading a class: the stand-ins in the same package are not signed, and it is. */
  private static Path jar() throws Exception {
    URL launcher = RemotingIT.class.getResource("/hudson/remoting/Launcher.class");
    return Path.of(((JarURLConnection) launcher.openConnection()).getJarFileURL().toURI());
  }

  /** Its classes, with the name by which Jenkins's Remoting tells that a channel has ended. */
  private Path unpacked(Path jar) throws IOException {
    Path directory = Files.createDirectory(root.resolve("remoting"));
    try (FileSystem archive = FileSystems.newFileSystem(jar)) {
      // Not META-INF: the signature would not fit any more.
      for (String top : List.of("/hudson", "/org")) {
        try (Stream<Path> files = Files.walk(archive.getPath(top))) {
          for (Path file : files.toList()) {
            Files.copy(file, directory.resolve(file.toString().substring(1)));
          }
        }
      }
    }
    String channel = "hudson.remoting.Channel";
    try (ClassFileLocator classes =
        new ClassFileLocator.Compound(
            ClassFileLocator.ForJarFile.of(jar.toFile()),
            ClassFileLocator.ForClassLoader.ofPlatformLoader())) {
      new ByteBuddy()
          .redefine(TypePool.Default.of(classes).describe(channel).resolve(), classes)
          .defineMethod("isClosingOrClosed", boolean.class, Visibility.PUBLIC)
          .intercept(MethodCall.invoke(named("isInClosed")))
          .make()
          .saveIn(directory.toFile());
    }
    return directory;
  }
}
