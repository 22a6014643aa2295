package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.Warming;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code executor warmer --image NAME --cache-dir DIR}: fetches base images before builds do. Its
 * flags are those of kaniko's warmer, some of which have other short names than those of a build.
 */
final class WarmerCommand {
  static final String NAME = "warmer";

  /** Flags that mean what they mean for a build. */
  private static final List<String> SHARED =
      List.of(
          "--build-arg",
          "--custom-platform",
          "--insecure-pull",
          "--insecure-registry",
          "--skip-tls-verify-pull",
          "--skip-tls-verify-registry",
          "--registry-certificate",
          "--registry-client-cert",
          "--registry-map",
          "--registry-mirror",
          "--skip-default-registry-fallback",
          "--image-download-retry",
          "--image-fs-extract-retry",
          "--credential-helpers",
          "--kaniko-dir",
          "--store-dir",
          "--verbosity",
          "--log-format",
          "--log-timestamp");

  private final Main.Surroundings surroundings;

  WarmerCommand(Main.Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  int run(List<String> args) {
    try {
      return warm(args);
    } catch (UsageException e) {
      surroundings.err().println("error: " + e.getMessage());
      return ExitCode.USAGE.value();
    }
  }

  private int warm(List<String> args) throws UsageException {
    CommandLine commandLine = commandLine();
    ParseResult flags;
    try {
      flags = commandLine.parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      throw UsageProblem.of(e, args);
    }
    if (flags.matchedOptionValue("--help", false)) {
      surroundings.out().print(commandLine.getUsageMessage());
      surroundings.out().flush();
      return ExitCode.OK.value();
    }
    List<String> images = flags.matchedOptionValue("--image", List.of());
    String dockerfile = flags.matchedOptionValue("--dockerfile", "");
    if (images.isEmpty() && dockerfile.isEmpty()) {
      throw new UsageException("there is nothing to fetch; give --image or --dockerfile");
    }
    Warming.Wanted wanted =
        new Warming.Wanted(
            images, !dockerfile.isEmpty(), flags.matchedOptionValue("--force", false));
    Main main =
        new Main(
            withoutPushes(surroundings),
            Relauncher.NEVER,
            (request, events) -> Warming.run(wanted, request, events));
    return main.run(asBuild(flags, dockerfile));
  }

  /** Nothing is pushed here, whatever a variable says that is meant for builds. */
  private static Main.Surroundings withoutPushes(Main.Surroundings given) {
    Map<String, String> environment = new HashMap<>(given.environment());
    environment.remove(KanikoVariable.NO_PUSH);
    return new Main.Surroundings(environment, given.out(), given.err(), given.terminal());
  }

  /** The arguments of a build that has the same to do with registries. */
  private static List<String> asBuild(ParseResult flags, String dockerfile) throws UsageException {
    List<String> build = new ArrayList<>(List.of("--no-push", "--context=/"));
    if (!dockerfile.isEmpty()) {
      build.add("--dockerfile=" + (dockerfile.contains("://") ? dockerfile : absolute(dockerfile)));
    }
    String layers = flags.matchedOptionValue("--cache-dir", "");
    if (!layers.isEmpty() || !flags.hasMatchedOption("--store-dir")) {
      build.add("--cache-dir=" + (layers.isEmpty() ? "/cache" : layers));
    }
    for (String name : SHARED) {
      if (flags.hasMatchedOption(name)) {
        Object value = flags.matchedOption(name).getValue();
        List<?> values = value instanceof List<?> several ? several : List.of(value);
        values.forEach(each -> build.add(name + "=" + each));
      }
    }
    return build;
  }

  /** The context of a build would be looked at too, and that is {@code /} here. */
  private static Path absolute(String dockerfile) throws UsageException {
    try {
      return Path.of(dockerfile).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the path of --dockerfile, but the locale cannot spell it; set"
              + " LC_ALL=C.UTF-8");
    }
  }

  static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("executor " + NAME);
    spec.usageMessage()
        .description("Fetches base images, so that builds need not.")
        .sortOptions(false)
        .width(100);
    spec.addOption(Flags.many("IMAGE", "Image to fetch; repeatable", "--image", "-i"));
    spec.addOption(
        Flags.one(
            "FILE",
            "Dockerfile whose base images are fetched, also an http or https address",
            "--dockerfile",
            "-d"));
    spec.addOption(
        Flags.one(
            "DIR",
            "Where to put them, for builds with the same --cache-dir. Default: /cache, unless"
                + " --store-dir is given: then they go there",
            "--cache-dir",
            "-c"));
    spec.addOption(Flags.flag("Fetch also what is there", "--force", "-f"));
    KanikoFlags.WARMER.stream()
        .filter(flag -> flag.fate() == KanikoFlag.Fate.ACCEPTED)
        .forEach(flag -> spec.addOption(flag.option()));
    Map<String, OptionSpec> known = Flags.commandLine().getCommandSpec().optionsMap();
    SHARED.forEach(name -> spec.addOption(OptionSpec.builder(known.get(name)).build()));
    spec.addOption(Flags.flag("Show this help", "--help", "-h"));
    return Flags.lenient(new CommandLine(spec));
  }
}
