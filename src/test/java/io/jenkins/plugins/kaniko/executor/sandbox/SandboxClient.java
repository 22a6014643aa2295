package io.jenkins.plugins.kaniko.executor.sandbox;

import io.jenkins.plugins.kaniko.executor.testing.TestUser;
import io.jenkins.plugins.kaniko.executor.testing.TestUsers;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The test's end of a {@link SandboxServer}. */
final class SandboxClient implements AutoCloseable {
  private final Process process;
  private final ObjectOutputStream orders;
  private final ObjectInputStream answers;
  private final String report;

  private SandboxClient(Process process) throws IOException, ClassNotFoundException {
    this.process = process;
    orders = new ObjectOutputStream(process.getOutputStream());
    orders.flush();
    answers = new ObjectInputStream(process.getInputStream());
    report = read().output();
  }

  /** The command line of a server. */
  static List<String> command(TestUser user, Isolation isolation, Path workDir) {
    return user.command(
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            TestUsers.readableClasspath(),
            SandboxServer.class.getName(),
            isolation.spelling(),
            workDir.toString()));
  }

  static SandboxClient start(TestUser user, Isolation isolation, Path workDir) throws Exception {
    return start(List.of(), user, isolation, workDir);
  }

  /** Through a prefix that ends in an exec. */
  static SandboxClient start(List<String> prefix, TestUser user, Isolation isolation, Path workDir)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(command(user, isolation, workDir));
    return start(command);
  }

  /** With a whole command line. */
  static SandboxClient start(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new SandboxClient(builder.start());
  }

  SandboxServer.Answer order(Object order) throws IOException, ClassNotFoundException {
    tell(order);
    return read();
  }

  void tell(Object order) throws IOException {
    orders.writeObject(order);
    orders.flush();
  }

  /** The executor outside. */
  Process process() {
    return process;
  }

  String report() {
    return report;
  }

  @Override
  public void close() throws IOException {
    orders.close();
    process.onExit().join();
  }

  @SuppressWarnings("BanSerializableRead") // Both ends of the pipe are this test.
  private SandboxServer.Answer read() throws IOException, ClassNotFoundException {
    return (SandboxServer.Answer) answers.readObject();
  }
}
