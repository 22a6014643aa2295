package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import hudson.model.TaskListener;
import hudson.remoting.Callable;
import hudson.remoting.RemoteOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A JVM in the part of a controller: starts an agent that has nothing but Remoting, and builds on
 * it. Remoting comes before the stand-ins on its class path; where those hide the real types, it is
 * called by reflection.
 */
final class RemotingMain {
  private RemotingMain() {}

  /**
   * Arguments: {@code build} or {@code interrupt}, the directory with Remoting's classes, the
   * agent's root, the executor jar.
   */
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[2]);
    Path jar = Path.of(args[3]);
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dagent=" + root,
                "-cp",
                args[1],
                "hudson.remoting.Launcher")
            .redirectError(root.resolve("agent.log").toFile())
            .start();
    Object channel =
        Class.forName("hudson.remoting.Channel")
            .getConstructor(
                String.class, ExecutorService.class, InputStream.class, OutputStream.class)
            .newInstance(
                "agent",
                Executors.newCachedThreadPool(),
                agent.getInputStream(),
                agent.getOutputStream());
    if (args[0].equals("interrupt")) {
      interrupt(channel, root, jar);
    } else {
      System.out.println("first " + build(channel, root, jar));
      System.out.println("second " + build(channel, root, jar));
      Files.writeString(root.resolve("workspace/job/Dockerfile"), "NONSENSE\n");
      System.out.println("third " + build(channel, root, jar));
    }
    channel.getClass().getMethod("close").invoke(channel);
    System.out.println("agent ended with " + agent.waitFor());
    System.exit(0);
  }

  private static void interrupt(Object channel, Path root, Path jar) throws Exception {
    Thread build = new Thread(() -> System.out.println("result " + build(channel, root, jar)));
    build.start();
    Agent.await(() -> !Agent.processes("sleep\0" + "4715.5").isEmpty());
    build.interrupt();
    build.join();
    Agent.await(() -> Agent.processes("4715.5").isEmpty());
    System.out.println("nothing is left");
    // The channel is as good as before.
    Files.writeString(root.resolve("workspace/job/Dockerfile"), "FROM scratch\nLABEL a=b\n");
    System.out.println("again " + build(channel, root, jar));
  }

  private static String build(Object channel, Path root, Path jar) {
    try (Counted executor = new Counted(Files.newInputStream(jar))) {
      AgentRequest request = Agent.foreign(root, jar, List.of("--context=.", "--no-push"));
      InputStream source =
          Class.forName("hudson.remoting.RemoteInputStream")
              .asSubclass(InputStream.class)
              .getConstructor(InputStream.class)
              .newInstance(executor);
      Listener listener = new Listener();
      Object result =
          channel
              .getClass()
              .getMethod("call", Callable.class)
              .invoke(
                  channel,
                  new OnAgent(
                      new BuildCallable(request, listener, source),
                      root.resolve("workspace").resolve("job").toFile()));
      AgentResult image = (AgentResult) result;
      return image.digest()
          + " "
          + image.layers().size()
          + " layers, sent "
          + executor.count
          + ", log: "
          + listener.text().strip().replace('\n', '|');
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      return cause instanceof AbortException ? "aborted: " + cause.getMessage() : cause.toString();
    } catch (ReflectiveOperationException | IOException e) {
      return e.toString();
    }
  }

  /** As {@code FilePath.act} calls it: without a channel, on an agent. */
  private static final class OnAgent implements Callable<AgentResult, Exception> {
    private static final long serialVersionUID = 1;

    private final BuildCallable callable;
    private final File workspace;

    OnAgent(BuildCallable callable, File workspace) {
      this.callable = callable;
      this.workspace = workspace;
    }

    @Override
    public AgentResult call() throws Exception {
      return callable.invoke(workspace, null);
    }
  }

  /** Its log is here, wherever it is written. */
  private static final class Listener implements TaskListener {
    private static final long serialVersionUID = 1;

    private final transient ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final RemoteOutputStream out = new RemoteOutputStream(bytes);

    @Override
    public PrintStream getLogger() {
      return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** How much of the executor has been sent. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
