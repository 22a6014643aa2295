package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The sentence for arguments that cannot be read; values, which may be secrets, are not in it. */
final class UsageProblem {
  private UsageProblem() {}

  /** What is wrong with arguments, and what to write instead. */
  static UsageException of(ParameterException e, List<String> args) {
    if (e instanceof UnmatchedArgumentException argument) {
      return unmatched(argument, args);
    }
    String flag =
        e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()
            ? name(missing.getMissing().get(0))
            : name(e.getArgSpec());
    if (e instanceof MissingParameterException) {
      return new UsageException(
          "tried to read flag %s, but its value is missing; write %s=VALUE".formatted(flag, flag));
    }
    return new UsageException(
        "tried to read flag %s, but its value is not understood; see --help".formatted(flag));
  }

  private static UsageException unmatched(UnmatchedArgumentException e, List<String> args) {
    String argument = e.getUnmatched().get(0);
    if (!argument.startsWith("-") || argument.length() == 1) {
      // It may be a value that lost its flag, and that may be a secret: it is not repeated.
      return new UsageException(
          "tried to read argument %d, but it belongs to no flag; write values as --flag=value"
              .formatted(args.indexOf(argument) + 1));
    }
    String flag = argument.replaceFirst("=.*", "");
    Optional<String> unsupported = KanikoFlags.refusal(flag);
    if (unsupported.isPresent()) {
      return new UsageException(unsupported.get());
    }
    String nearest =
        Spelling.nearest(flag, e.getCommandLine().getCommandSpec().optionsMap().keySet())
            .or(() -> e.getSuggestions().stream().findFirst())
            .orElse("--help");
    if (nearest.equals(flag)) {
      return new UsageException(
          "tried to read flag %s, but it stands behind --, which ends the flags; leave -- out"
              .formatted(flag));
    }
    return new UsageException(
        "tried to read flag %s, but there is no such flag; try %s"
            .formatted(Printable.line(flag), nearest));
  }

  private static String name(CommandLine.Model.ArgSpec spec) {
    return spec instanceof CommandLine.Model.OptionSpec option
        ? Arrays.stream(option.names()).findFirst().orElseThrow()
        : "";
  }
}
