package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Failed;
import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.BuildResult;
import io.jenkins.plugins.kaniko.executor.build.BuiltInsideException;
import io.jenkins.plugins.kaniko.executor.build.Call;
import io.jenkins.plugins.kaniko.executor.build.Calls;
import io.jenkins.plugins.kaniko.executor.build.EventSink;
import io.jenkins.plugins.kaniko.executor.build.SandboxEntry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The executor's entry point: one build per process. {@link ExitCode} says how it ended. */
public final class Main {
  /**
   * The process around a run.
   *
   * @param terminal whether a person watches {@code out}
   */
  record Surroundings(
      Map<String, String> environment, PrintStream out, PrintStream err, boolean terminal) {}

  private final Surroundings surroundings;
  private final Relauncher relauncher;
  private final BuildFunction builder;

  Main(Surroundings surroundings, Relauncher relauncher, BuildFunction builder) {
    this.surroundings = surroundings;
    this.relauncher = relauncher;
    this.builder = builder;
  }

  public static void main(String[] args) {
    Map<String, String> environment = System.getenv();
    Surroundings surroundings =
        new Surroundings(
            environment,
            stream(FileDescriptor.out),
            stream(FileDescriptor.err),
            isTerminal(environment));
    if (args.length == 2 && args[0].equals(ClassArchive.FLAG)) {
      Interruption.exitAfter(() -> ClassArchive.write(Path.of(args[1]), surroundings.err()));
      return;
    }
    Interruption.exitAfter(() -> run(List.of(args), surroundings));
  }

  /** Does what a command line says, in this process or in one that it starts. */
  static int run(List<String> arguments, Surroundings surroundings) {
    List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
    SandboxEntry sandbox = new SandboxEntry(Main.class);
    Main main = new Main(surroundings, sandbox::enter, sandbox::build);
    String first = arguments.isEmpty() ? "" : arguments.get(0);
    return switch (first) {
      case LoginCommand.NAME -> new LoginCommand(surroundings, System.in).run(rest);
      case "version" -> main.run(List.of("--version"));
      case WarmerCommand.NAME -> new WarmerCommand(surroundings).run(rest);
      case PushCommand.NAME -> new PushCommand(surroundings).run(rest);
      case StoreCommand.USAGE, StoreCommand.PRUNE ->
          StoreCommand.of(first, surroundings).run(arguments);
      default -> main.run(arguments);
    };
  }

  int run(List<String> args) {
    try {
      Invocation invocation = CommandLineParser.parse(args, surroundings.environment());
      if (invocation instanceof Invocation.Build build) {
        return build(build, args);
      }
      if (invocation instanceof Invocation.Question question) {
        return answer(question);
      }
      surroundings.out().print(((Invocation.Print) invocation).text());
      return printed(ExitCode.OK);
    } catch (UsageException e) {
      surroundings.err().println("error: " + e.getMessage());
      return ExitCode.USAGE.value();
    }
  }

  /** How a run ends whose result is what it prints: {@link PrintStream} keeps its failures. */
  private int printed(ExitCode code) {
    if (!surroundings.out().checkError()) {
      return code.value();
    }
    surroundings.err().println("error: tried to print the answer, but standard output is closed");
    return ExitCode.of(Category.ENVIRONMENT).value();
  }

  private int answer(Invocation.Question question) {
    try {
      Call.Answer answer = Calls.answer(question.request(), question.call());
      String text = answer.text();
      surroundings.out().print(question.call().json() ? text : Printable.block(text));
      int printed = printed(answer.clean() ? ExitCode.OK : ExitCode.BUILD_FAILED);
      answer.notes().forEach(note -> surroundings.err().println("note: " + Printable.line(note)));
      return printed;
    } catch (BuildException e) {
      String where = e.location().map(at -> at + ": ").orElse("");
      surroundings.err().println("error: " + Printable.block(where + e.getMessage()));
      return ExitCode.of(e.category()).value();
    } catch (InterruptedException e) {
      return ExitCode.INTERRUPTED.value();
    }
  }

  private int build(Invocation.Build build, List<String> args) {
    BuildRequest request = build.request();
    LogOptions log = build.log();
    if (log.format() == LogOptions.Format.JSON) {
      return attempt(request, args, log, new JsonReporter(surroundings.out(), log));
    }
    try (TextReporter reporter =
        new TextReporter(surroundings.out(), log, surroundings.terminal())) {
      return attempt(request, args, log, reporter);
    }
  }

  private int attempt(BuildRequest request, List<String> args, LogOptions log, EventSink events) {
    try {
      OptionalInt elsewhere = relauncher.relaunch(request, args);
      if (elsewhere.isPresent()) {
        return elsewhere.getAsInt();
      }
      OutputFiles files = new OutputFiles(request);
      files.check();
      BuildResult result = builder.build(request, events);
      files.write(result);
      return ExitCode.OK.value();
    } catch (BuiltInsideException e) {
      return e.exitCode();
    } catch (BuildException e) {
      report(e, log, events);
      return ExitCode.of(e.category()).value();
    } catch (InterruptedException e) {
      report(new BuildException(Category.ENVIRONMENT, "the build was interrupted"), log, events);
      return ExitCode.INTERRUPTED.value();
    } catch (OutOfMemoryError e) {
      String message =
          "tried to build the image, but the heap of the executor is too small for it (%s); start it with a larger one: java -Xmx512m -jar ..."
              .formatted(e.getMessage());
      report(new BuildException(Category.ENVIRONMENT, message, e), log, events);
      return ExitCode.ENVIRONMENT.value();
    } catch (RuntimeException | Error e) {
      String what = "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage());
      String message =
          "tried to build the image, but met a defect of the executor (%s); report it with the output of --verbosity debug"
              .formatted(what);
      report(new BuildException(Category.ENVIRONMENT, message, e), log, events);
      return ExitCode.ENVIRONMENT.value();
    }
  }

  private void report(BuildException e, LogOptions log, EventSink events) {
    events.emit(
        new Failed(Clock.systemUTC().instant(), e.category(), e.getMessage(), e.location()));
    if (log.debug()) {
      Optional.ofNullable(e.getCause()).orElse(e).printStackTrace(surroundings.err());
    }
  }

  /** By what standard output is open on: System.console() would ask for standard input, too. */
  private static boolean isTerminal(Map<String, String> environment) {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return (device.startsWith("/dev/pts/") || device.startsWith("/dev/tty"))
          && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    } catch (IOException e) {
      return false;
    }
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
