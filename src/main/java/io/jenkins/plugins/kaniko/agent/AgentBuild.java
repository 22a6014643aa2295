package io.jenkins.plugins.kaniko.agent;

import hudson.AbortException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One build on the agent, from the request to the result. */
final class AgentBuild {
  private static final Set<String> DETAILED = Set.of("debug", "trace");

  /** They are the agent's own: its debugger port, its heap, its log files. */
  private static final List<String> AGENTS_OWN =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final AgentRequest request;
  private final Surroundings surroundings;
  private final BooleanSupplier abandoned;
  private final Map<String, String> environment;
  private Optional<ClassArchive> classArchive = Optional.empty();

  /**
   * @param abandoned whether nobody waits for the build any more
   */
  AgentBuild(AgentRequest request, Surroundings surroundings, BooleanSupplier abandoned) {
    this.request = request;
    this.surroundings = surroundings;
    this.abandoned = abandoned;
    environment = new LinkedHashMap<>(surroundings.environment());
    environment.keySet().removeAll(AGENTS_OWN);
    environment.putAll(request.environment());
    environment.put("LC_ALL", "C.UTF-8");
    // Executors believe it more than the flag, but the step says whether to push.
    environment.remove("KANIKO_NO_PUSH");
  }

  AgentResult run(Path workspace, PrintStream log, InputStream executorJar)
      throws IOException, InterruptedException {
    try {
      return prepareAndBuild(workspace, log, executorJar);
    } catch (IOException e) {
      if (Thread.interrupted() || isInterruption(e)) {
        // Channels report an interrupt as a failure of theirs.
        InterruptedException interruption = new InterruptedException();
        interruption.initCause(e);
        throw interruption;
      }
      throw e;
    }
  }

  /** What the next builds start faster with, once this one is over. */
  void prepareNext() {
    classArchive.ifPresent(archive -> archive.makeInBackground(abandoned));
  }

  /** A stream of a channel turns the interrupt into an exception, and the flag is gone. */
  private static boolean isInterruption(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof InterruptedIOException
          || cause instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  private AgentResult prepareAndBuild(Path workspace, PrintStream log, InputStream executorJar)
      throws IOException, InterruptedException {
    requireLinux();
    requireDirectory(workspace);
    AgentHome home = AgentHome.open(request.agentRoot(), workspace);
    Path executor = request.isKaniko() ? kaniko(workspace) : install(home, executorJar);
    CredentialsDirectory credentials =
        CredentialsDirectory.create(
            request, surroundings.kaniko(), home.kaniko(), surroundings.dockerConfig());
    try {
      return build(workspace, log, home, executor, credentials);
    } finally {
      remove(credentials);
    }
  }

  private AgentResult build(
      Path workspace,
      PrintStream log,
      AgentHome home,
      Path executor,
      CredentialsDirectory credentials)
      throws IOException, InterruptedException {
    environment.put("DOCKER_CONFIG", credentials.path().toString());
    Masker masker = new Masker(secrets(credentials));
    EventRelay relay = new EventRelay(log, masker);
    relay.text(
        request.isKaniko()
            ? "starting " + executor
            : "starting the kaniko-build executor " + request.version());
    List<String> command =
        request.isKaniko()
            ? kanikoCommand(executor, home, credentials)
            : command(executor, home, credentials, relay);
    relay.flush();
    long start = System.nanoTime();
    int code =
        ExecutorProcess.run(
            command,
            workspace,
            environment,
            relay,
            !request.isKaniko(),
            abandoned,
            () -> removeQuietly(credentials));
    if (code != 0) {
      String reason = ExitStatus.explain(code, relay.failure(), relay.lastLines());
      throw new AbortException(masker.mask(reason));
    }
    ResultReader results = new ResultReader(masker, relay.warnings());
    if (!request.isKaniko()) {
      return results.metadata(output("--metadata-file", workspace, credentials));
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return results.kaniko(
        output("--digest-file", workspace, credentials),
        output("--image-name-tag-with-digest-file", workspace, credentials),
        !request.hasFlag("--no-push"),
        millis);
  }

  private List<String> command(
      Path jar, AgentHome home, CredentialsDirectory credentials, EventRelay relay)
      throws IOException, InterruptedException {
    Path java = JavaHome.java(surroundings.environment());
    ClassArchive archive = new ClassArchive(java, jar);
    classArchive = Optional.of(archive);
    List<String> shared = archive.options();
    if (shared.isEmpty()
        && request.lastValue("--verbosity").filter(DETAILED::contains).isPresent()) {
      relay.text("starting without an archive of the executor's classes");
    }
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(JvmOptions.ALL);
    command.addAll(shared);
    command.addAll(request.javaOptions());
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(request.flags());
    if (!request.hasFlag("--store-dir")) {
      command.add("--store-dir=" + home.store());
    }
    command.add("--kaniko-dir=" + credentials.kaniko());
    command.addAll(credentials.flags());
    command.add("--log-format=json");
    addOutput(command, "--metadata-file", credentials);
    return command;
  }

  private List<String> kanikoCommand(
      Path executor, AgentHome home, CredentialsDirectory credentials) {
    List<String> command = new ArrayList<>();
    command.add(executor.toString());
    command.addAll(request.flags());
    // kaniko builds in the root directory that it runs in: the agent's own files are none of it.
    command.add("--ignore-path=" + home.root());
    command.addAll(credentials.flags());
    if (!request.hasFlag("--log-format")) {
      command.add("--log-format=text");
    }
    addOutput(command, "--digest-file", credentials);
    addOutput(command, "--image-name-tag-with-digest-file", credentials);
    return command;
  }

  private void addOutput(List<String> command, String flag, CredentialsDirectory credentials) {
    if (!request.hasFlag(flag)) {
      command.add(flag + "=" + credentials.path().resolve(flag.substring(2)));
    }
  }

  /** Where a file lies: where the flags put it, else where {@link #addOutput} did. */
  private Path output(String flag, Path workspace, CredentialsDirectory credentials) {
    return request
        .lastValue(flag)
        .map(workspace::resolve)
        .orElseGet(() -> credentials.path().resolve(flag.substring(2)));
  }

  private Path install(AgentHome home, InputStream executorJar)
      throws IOException, InterruptedException {
    return new ExecutorInstaller(home.executors()).install(request.executorSha256(), executorJar);
  }

  private Path kaniko(Path workspace) throws AbortException {
    Path executor = workspace.resolve(request.executor());
    if (!Files.isExecutable(executor) || Files.isDirectory(executor)) {
      throw Failures.failure(
          "run the executor " + executor,
          Files.exists(executor) ? "the agent's user may not execute it" : "it is not there",
          "give the path of a kaniko executor on the agent");
    }
    return executor;
  }

  private List<String> secrets(CredentialsDirectory credentials) {
    List<String> secrets = new ArrayList<>(credentials.secrets());
    secrets.addAll(request.masked());
    secrets.addAll(ProxyPasswords.in(environment));
    return secrets;
  }

  /** Jenkins names a workspace and leaves it to the first step to make it. */
  private static void requireDirectory(Path workspace) throws AbortException {
    if (Files.isDirectory(workspace)) {
      return;
    }
    try {
      Files.createDirectories(workspace);
    } catch (IOException e) {
      throw Failures.failure(
          "make the workspace " + workspace,
          e,
          "give the agent a root directory that its user can write to");
    }
  }

  private void requireLinux() throws AbortException {
    if (!surroundings.operatingSystem().equals("Linux")) {
      throw Failures.failure(
          "build an image on this agent",
          "it runs " + surroundings.operatingSystem() + ", and images are built on Linux only",
          "choose an agent with Linux");
    }
  }

  private static void remove(CredentialsDirectory credentials) throws IOException {
    // Closing a lock is not to be cut short by an interrupt that came before.
    boolean interrupted = Thread.interrupted();
    try {
      credentials.close();
    } catch (ClosedByInterruptException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void removeQuietly(CredentialsDirectory credentials) {
    try {
      credentials.close();
    } catch (IOException e) {
      // The JVM is ending; the next build sweeps what is left.
    }
  }
}
