package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.registry.Registries;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Isolation;
import io.jenkins.plugins.kaniko.executor.sandbox.NamespaceLauncher;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import io.jenkins.plugins.kaniko.executor.sandbox.SandboxException;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Brings the executor into the namespaces that its commands need: the same program is started once
 * more inside, with the same arguments, and this process waits for it.
 */
public final class SandboxEntry {
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  /** Above it stands the number of the signal that ended a process. */
  private static final int SIGNALS = 128;

  private static final int SIGKILL = 9;

  private final Class<?> mainClass;
  private List<String> arguments = List.of();
  private Decision decision;
  private boolean undecided;
  private Isolation isolation = Isolation.AUTO;

  /**
   * @param mainClass of the program that is started again
   */
  public SandboxEntry(Class<?> mainClass) {
    this.mainClass = mainClass;
  }

  /**
   * Starts the program inside, unless this is it already, there is no sandbox to enter, or the
   * Dockerfile runs nothing: then one process and no privilege will do.
   *
   * @return the exit code of the program inside; empty if the build is to be done here
   */
  public OptionalInt enter(BuildRequest request, List<String> programArguments)
      throws BuildException, InterruptedException {
    arguments = programArguments;
    try {
      Optional<Decision> inside = Sandboxes.current();
      if (inside.isPresent()) {
        decision = inside.get();
        Registries.prepare();
        return OptionalInt.empty();
      }
      isolation = isolation(request);
      if ((isolation == Isolation.AUTO && !ImageBuilder.mentionsCommands(request))
          || ImageBuilder.mayBeCached(request)) {
        undecided = true;
        decision = new Decision(Rung.NONE, List.of());
        Registries.prepare();
        return OptionalInt.empty();
      }
      return launch(isolation, request);
    } catch (SandboxException e) {
      throw new BuildException(Category.ENVIRONMENT, e.getMessage(), e);
    }
  }

  /**
   * Starts the program in the namespaces of this user's builds, for work on the store that they
   * have written. Root needs none to reach all files.
   *
   * @return its exit code; empty if the work is to be done here
   */
  public OptionalInt enterForStore(List<String> programArguments)
      throws BuildException, InterruptedException {
    arguments = programArguments;
    try {
      if (Sandboxes.current().isPresent()
          || Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
        return OptionalInt.empty();
      }
      decision = NamespaceLauncher.decide(Isolation.AUTO);
      return decision.rung() == Rung.NONE
          ? OptionalInt.empty()
          : OptionalInt.of(runInside(mainClass, arguments));
    } catch (SandboxException | IOException e) {
      throw new BuildException(Category.ENVIRONMENT, e.getMessage(), e);
    }
  }

  /**
   * Builds in this process, after {@link #enter} has returned empty.
   *
   * @throws BuiltInsideException if a command had to run after all, because of a trigger of a base
   *     image or because the cache did not have it, so that the program inside has done the build
   */
  public BuildResult build(BuildRequest request, EventSink events)
      throws BuildException, InterruptedException, BuiltInsideException {
    Clock clock = Clock.systemUTC();
    boolean deferred = undecided && request.cacheOptions().enabled();
    EventSink sink = deferred ? new DeferredEvents(events) : events;
    try {
      return new ImageBuilder(decision, undecided, clock).build(request, sink);
    } catch (BuildException | InterruptedException e) {
      sink.decided();
      throw e;
    } catch (SandboxNeededException needed) {
      try {
        OptionalInt exitCode = launch(isolation, request);
        if (exitCode.isPresent()) {
          throw new BuiltInsideException(exitCode.getAsInt());
        }
        return new ImageBuilder(decision, false, clock).build(request, events);
      } catch (SandboxException e) {
        throw new BuildException(Category.ENVIRONMENT, e.getMessage(), e);
      }
    }
  }

  private OptionalInt launch(Isolation isolation, BuildRequest request)
      throws BuildException, SandboxException, InterruptedException {
    decision = NamespaceLauncher.decide(isolation);
    if (decision.rung() == Rung.NONE) {
      return OptionalInt.empty();
    }
    try {
      int exitCode = runInside(mainClass, arguments);
      if (exitCode > SIGNALS && exitCode != INTERRUPTED && exitCode != TERMINATED) {
        runInside(Sweep.class, List.of(request.storeDirectory().toString()));
        throw killed(exitCode - SIGNALS);
      }
      return OptionalInt.of(exitCode);
    } catch (InterruptedException e) {
      // The program inside got the signal too, has cleaned up and has said so.
      return OptionalInt.of(INTERRUPTED);
    }
  }

  private int runInside(Class<?> program, List<String> words)
      throws SandboxException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JavaOptions.ALL);
    command.addAll(ownOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(words);
    return NamespaceLauncher.launch(decision, command, Map.of("LC_ALL", "C.UTF-8"));
  }

  private static BuildException killed(int signal) {
    return new BuildException(
        Category.ENVIRONMENT,
        signal == SIGKILL
            ? "tried to build, but the executor in the sandbox was killed (SIGKILL), most likely"
                + " because the memory ran out; raise the memory limit of the agent or its"
                + " container, or run fewer builds at once"
            : "tried to build, but the executor in the sandbox was ended by signal "
                + signal
                + "; look into the log of the agent's kernel, and report it if it happens again");
  }

  private static Isolation isolation(BuildRequest request) throws BuildException {
    try {
      return Isolation.parse(request.isolation());
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          Category.USAGE, "tried to use --isolation, but " + e.getMessage(), e);
    }
  }

  /**
   * JVM options that this process was started with, so that whoever sets a heap size sets that of
   * the build.
   */
  private static List<String> ownOptions() {
    List<String> options = new ArrayList<>();
    try {
      String[] words = Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1);
      for (int i = 1;
          i < words.length && words[i].startsWith("-") && !words[i].equals("-jar");
          i++) {
        if (words[i].startsWith("-X") || words[i].startsWith("-D")) {
          options.add(words[i]);
        } else if (List.of("-cp", "-classpath", "--class-path").contains(words[i])) {
          i++;
        }
      }
      return options;
    } catch (IOException e) {
      // Without /proc nothing is known of them; the defaults serve.
      return List.of();
    }
  }
}
