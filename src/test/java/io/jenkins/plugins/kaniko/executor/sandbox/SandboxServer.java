package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stand-in for the executor: launches itself on the rung that it is told, and inside carries out
 * orders that come over standard input. Arguments: the isolation, and a private directory.
 */
final class SandboxServer {
  private SandboxServer() {}

  /** An order: run a command. */
  record Run(
      String linkDir,
      List<String> lowers,
      String upper,
      String work,
      List<String> argv,
      Map<String, String> environment,
      String workingDirectory,
      List<Integer> ids,
      List<String> binds,
      List<String> mounts,
      String network,
      String hostname,
      String interruptAt)
      implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /** An order: try overlays in a directory. */
  record ProbeOverlay(String directory) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /**
   * The answer to any order. Exit code -1: an exception, whose message is the output; -2:
   * interrupted.
   */
  record Answer(int exitCode, String output) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  public static void main(String[] args) throws Exception {
    Optional<Decision> current = Sandboxes.current();
    if (current.isPresent()) {
      serve(Path.of(args[1]), current.get());
      return;
    }
    Decision decision;
    try {
      decision = NamespaceLauncher.decide(Isolation.parse(args[0]));
    } catch (SandboxException e) {
      System.err.println(e.getMessage());
      System.exit(4);
      return;
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), SandboxServer.class.getName()));
    command.addAll(List.of(args));
    System.err.println(decision.report());
    System.exit(NamespaceLauncher.launch(decision, command, Map.of()));
  }

  @SuppressWarnings("BanSerializableRead") // Both ends of the pipe are this test.
  private static void serve(Path workDir, Decision decision) throws Exception {
    ObjectOutputStream out = new ObjectOutputStream(System.out);
    ObjectInputStream in = new ObjectInputStream(System.in);
    try (Sandbox sandbox = Sandboxes.open(workDir)) {
      out.writeObject(new Answer(0, decision.report()));
      out.flush();
      while (true) {
        Object order;
        try {
          order = in.readObject();
        } catch (java.io.EOFException e) {
          return;
        }
        out.writeObject(answer(sandbox, order));
        out.flush();
      }
    }
  }

  private static Answer answer(Sandbox sandbox, Object order) {
    try {
      if (order instanceof ProbeOverlay probe) {
        Optional<String> reason = OverlaySupport.probe(Path.of(probe.directory()));
        return new Answer(reason.isEmpty() ? 0 : 1, reason.orElse(""));
      }
      Run run = (Run) order;
      Output output = new Output(run.interruptAt());
      try {
        RunResult result = sandbox.run(request(run, output));
        return new Answer(result.exitCode(), output.text());
      } catch (InterruptedException e) {
        return new Answer(-2, output.text());
      }
    } catch (SandboxException | InterruptedException | RuntimeException e) {
      return new Answer(-1, String.valueOf(e.getMessage()));
    }
  }

  private static RunRequest request(Run run, OutputStream output) {
    RootMount root =
        run.lowers().isEmpty()
            ? new RootMount.Directory(Path.of(run.linkDir()))
            : new RootMount.Overlay(
                Path.of(run.linkDir()), run.lowers(), Path.of(run.upper()), Path.of(run.work()));
    List<BindMount> binds = new ArrayList<>();
    for (String bind : run.binds()) {
      String[] parts = bind.split(":", -1);
      binds.add(new BindMount(Path.of(parts[0]), parts[1], parts[2].equals("ro")));
    }
    List<Integer> ids = run.ids();
    return RunRequest.builder(root, run.argv())
        .environment(run.environment())
        .workingDirectory(run.workingDirectory())
        .user(new ProcessUser(ids.get(0), ids.get(1), ids.subList(2, ids.size())))
        .binds(binds)
        .mounts(run.mounts().stream().map(SandboxServer::mount).toList())
        .network(Network.valueOf(run.network()))
        .hostname(run.hostname())
        .output(output)
        .build();
  }

  private static CommandMount mount(String text) {
    String[] parts = text.split(":", -1);
    boolean readOnly = parts[parts.length - 1].equals("ro");
    return switch (parts[0]) {
      case "bind" -> new BindMount(Path.of(parts[1]), parts[2], readOnly);
      case "tmpfs" -> new TmpfsMount(parts[1], OptionalLong.of(Long.parseLong(parts[2])), readOnly);
      case "file" ->
          new FileMount(parts[1], parts[2].getBytes(StandardCharsets.UTF_8), 0440, 1000, 44);
      case "ownfile" ->
          new FileMount(parts[1], parts[2].getBytes(StandardCharsets.UTF_8), 0440, 0, 0);
      case "overlay" -> {
        Path base = Path.of(parts[1]);
        List<String> lowers = List.of("lower");
        Path upper = base.resolve("tree-upper");
        RootMount overlay = new RootMount.Overlay(base, lowers, upper, base.resolve("tree-work"));
        yield new TreeMount(overlay, parts[2], parts[3], !parts[4].equals("file"), readOnly);
      }
      default -> {
        RootMount directory = new RootMount.Directory(Path.of(parts[1]));
        yield new TreeMount(directory, parts[2], parts[3], !parts[4].equals("file"), readOnly);
      }
    };
  }

  /** Collects output, and interrupts its maker when a certain text has come. */
  private static final class Output extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread runner = Thread.currentThread();
    private final String interruptAt;

    Output(String interruptAt) {
      this.interruptAt = interruptAt;
    }

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
    }

    @Override
    public synchronized void write(byte[] buffer, int offset, int length) {
      bytes.write(buffer, offset, length);
    }

    @Override
    public synchronized void flush() throws IOException {
      if (!interruptAt.isEmpty() && text().contains(interruptAt)) {
        runner.interrupt();
      }
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
