package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.ImagePush;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code executor push IMAGE --destination NAME}: pushes an OCI layout or a docker archive. Its
 * flags are those of a build that have to do with registries, results and the log.
 */
final class PushCommand {
  static final String NAME = "push";
  private static final Pattern FLAGS =
      Pattern.compile(
          "--(destination|insecure.*|skip-tls.*|registry-client-cert|registry-certificate|push-.*"
              + "|skip-push-permission-check|credential-helpers|kaniko-dir|digest-file|image-name-.*|metadata-file"
              + "|verbosity|log-.*|help)|-[dvh]");

  private final Main.Surroundings surroundings;

  PushCommand(Main.Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  int run(List<String> args) {
    try {
      return push(args);
    } catch (UsageException e) {
      surroundings.err().println("error: " + e.getMessage());
      return ExitCode.USAGE.value();
    }
  }

  private int push(List<String> args) throws UsageException {
    if (args.isEmpty() || args.contains("--help") || args.contains("-h")) {
      surroundings
          .out()
          .println(
              "Usage: executor push IMAGE --destination NAME [flags]\n"
                  + "Pushes an OCI layout or a docker archive. The flags about registries, results and the log are those of a build.");
      surroundings.out().flush();
      return args.isEmpty() ? ExitCode.USAGE.value() : ExitCode.OK.value();
    }
    if (args.get(0).startsWith("-")) {
      throw new UsageException(
          "tried to read the arguments of push, but the image is missing; write push IMAGE --destination NAME");
    }
    for (String arg : args) {
      String flag = arg.replaceFirst("=.*", "");
      if (arg.startsWith("--") && !FLAGS.matcher(flag).matches()) {
        throw new UsageException(
            "tried to read flag %s, but push has no such flag".formatted(Printable.line(flag)));
      }
    }
    Path image = path(args.get(0));
    List<String> rest = new ArrayList<>(List.of("--context=/"));
    rest.addAll(args.subList(1, args.size()));
    Main main =
        new Main(
            surroundings,
            Relauncher.NEVER,
            (request, events) -> ImagePush.push(image, request, events));
    return main.run(rest);
  }

  private static Path path(String value) throws UsageException {
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the image's path, but the locale cannot spell it; set LC_ALL=C.UTF-8");
    }
  }
}
