package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.SandboxEntry;
import io.jenkins.plugins.kaniko.executor.build.StoreCare;
import io.jenkins.plugins.kaniko.executor.build.StoreLimits;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code executor du} tells what is in the store, {@code executor prune} clears it. Both enter the
 * user namespace that builds of this user run in, because files of sub-ids are out of reach for
 * everybody else.
 */
final class StoreCommand {
  static final String USAGE = "du";
  static final String PRUNE = "prune";

  private final String name;
  private final Main.Surroundings surroundings;
  private final Entry entry;

  /** Does the work in a namespace, if that takes one. */
  @FunctionalInterface
  interface Entry {
    OptionalInt enter(List<String> arguments) throws BuildException, InterruptedException;
  }

  StoreCommand(String name, Main.Surroundings surroundings, Entry entry) {
    this.name = name;
    this.surroundings = surroundings;
    this.entry = entry;
  }

  static StoreCommand of(String name, Main.Surroundings surroundings) {
    return new StoreCommand(name, surroundings, new SandboxEntry(Main.class)::enterForStore);
  }

  /**
   * @param args all arguments, the command's name first
   */
  int run(List<String> args) {
    try {
      return attempt(args);
    } catch (UsageException e) {
      return fail(e.getMessage(), ExitCode.USAGE);
    } catch (BuildException e) {
      return fail(Printable.block(e.getMessage()), ExitCode.of(e.category()));
    } catch (InterruptedException e) {
      return fail("the command was interrupted", ExitCode.INTERRUPTED);
    }
  }

  private int attempt(List<String> args)
      throws UsageException, BuildException, InterruptedException {
    CommandLine commandLine = commandLine();
    ParseResult flags;
    try {
      flags = commandLine.parseArgs(args.subList(1, args.size()).toArray(String[]::new));
    } catch (ParameterException e) {
      throw new UsageException(
          "tried to read the arguments of %s, but one is not understood; see %s --help"
              .formatted(name, name));
    }
    if (flags.matchedOptionValue("--help", false)) {
      print(commandLine.getUsageMessage());
      return ExitCode.OK.value();
    }
    boolean json = json(flags);
    StoreLimits limits = name.equals(PRUNE) ? limits(flags) : StoreLimits.NONE;
    Path store = CommandLineParser.store(flags, surroundings.environment());
    OptionalInt inside = entry.enter(args);
    if (inside.isPresent()) {
      return inside.getAsInt();
    }
    if (name.equals(PRUNE)) {
      StoreCare.Pruned pruned = StoreCare.prune(store, limits);
      print(json ? RecordJson.document(pruned) : text(pruned));
    } else {
      StoreCare.Usage usage = StoreCare.usage(store);
      print(json ? RecordJson.document(usage) : text(usage));
    }
    return ExitCode.OK.value();
  }

  private static StoreLimits limits(ParseResult flags) throws UsageException {
    StoreLimits limits = StoreFlags.limits(flags, "--max-size", "--max-age");
    if (!flags.matchedOptionValue("--all", false)) {
      return limits;
    }
    if (!limits.equals(StoreLimits.NONE)) {
      throw new UsageException(
          "tried to prune, but --all leaves nothing to limit; give it without --max-age and --max-size");
    }
    return StoreLimits.ALL;
  }

  private static boolean json(ParseResult flags) throws UsageException {
    String format = flags.matchedOptionValue("--log-format", "text");
    if (!List.of("", "auto", "text", "color", "json").contains(format)) {
      throw new UsageException(
          "tried to read --log-format, but there is no format %s; use text or json"
              .formatted(Printable.line(format)));
    }
    return format.equals("json");
  }

  private static String text(StoreCare.Pruned pruned) {
    return "removed %d %s, %s, from %s%n"
        .formatted(
            pruned.entries(),
            pruned.entries() == 1 ? "entry" : "entries",
            Printable.bytes(pruned.bytes()),
            Printable.line(pruned.store()));
  }

  private static String text(StoreCare.Usage usage) {
    StringBuilder text = new StringBuilder();
    for (StoreCare.Kind kind : usage.kinds()) {
      text.append(row(kind.kind(), kind.entries(), kind.bytes()));
    }
    return text.append(row("all", usage.entries(), usage.bytes())).toString();
  }

  private static String row(String kind, int entries, long bytes) {
    return "%-18s%8d%12s%n".formatted(kind, entries, Printable.bytes(bytes));
  }

  private void print(String text) {
    PrintStream out = surroundings.out();
    out.print(text);
    out.flush();
  }

  private int fail(String message, ExitCode code) {
    surroundings.err().println("error: " + message);
    return code.value();
  }

  private CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("executor " + name);
    boolean prune = name.equals(PRUNE);
    spec.usageMessage()
        .description(
            prune
                ? "Removes from the store what killed builds have left, and what the flags say. What a running build uses stays."
                : "Tells what is in the store.")
        .width(100);
    if (prune) {
      spec.addOption(Flags.flag("Remove everything", "--all", "-a"));
      spec.addOption(
          Flags.one("DURATION", "Remove what was not used for so long, as 336h", "--max-age"));
      spec.addOption(
          Flags.one("SIZE", "Remove the least recently used down to this, as 20GB", "--max-size"));
    }
    spec.addOption(
        Flags.one(
            "DIR",
            "Content store. Default: kaniko-build in $XDG_CACHE_HOME or ~/.cache",
            "--store-dir"));
    spec.addOption(Flags.one("FORMAT", "text or json. Default: text", "--log-format"));
    spec.addOption(Flags.flag("Show this help", "--help", "-h"));
    return new CommandLine(spec).setExpandAtFiles(false);
  }
}
