package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.Login;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * {@code executor login HOST --username USER --password-stdin}: writes {@code config.json}. The
 * registry is not asked; the next build does that.
 */
final class LoginCommand {
  static final String NAME = "login";
  private static final int LONGEST = 1 << 16;
  private static final Pattern PLACE =
      Pattern.compile(
          "(https?://)?([A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:]+])(:\\d+)?(/[a-z0-9][a-z0-9._/-]*)?/?");

  private final Main.Surroundings surroundings;
  private final InputStream in;

  LoginCommand(Main.Surroundings surroundings, InputStream in) {
    this.surroundings = surroundings;
    this.in = in;
  }

  int run(List<String> args) {
    try {
      return login(args);
    } catch (UsageException e) {
      surroundings.err().println("error: " + e.getMessage());
      return ExitCode.USAGE.value();
    } catch (BuildException e) {
      surroundings.err().println("error: " + e.getMessage());
      return ExitCode.of(e.category()).value();
    }
  }

  private int login(List<String> args) throws UsageException, BuildException {
    CommandLine commandLine = commandLine();
    ParseResult flags;
    try {
      flags = commandLine.parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      // What is not understood may be the password: it is not repeated.
      throw new UsageException(
          "tried to read the arguments of login, but one is not understood; write login HOST --username USER --password-stdin");
    }
    if (flags.matchedOptionValue("--help", false)) {
      surroundings.out().print(commandLine.getUsageMessage());
      surroundings.out().flush();
      return ExitCode.OK.value();
    }
    if (flags.hasMatchedOption("--password")) {
      throw new UsageException(
          "tried to log in, but everybody on this machine can read a password among the arguments; use --password-stdin");
    }
    String user = flags.matchedOptionValue("--username", "");
    if (user.isEmpty()
        || user.contains(":")
        || !flags.matchedOptionValue("--password-stdin", false)) {
      throw new UsageException(
          "tried to log in, but there is no user name, or no password; give --username and --password-stdin");
    }
    String registry = flags.matchedPositionalValue(0, "docker.io");
    if (!PLACE.matcher(registry).matches()) {
      throw new UsageException(
          "tried to log in, but %s is not a registry; write HOST[:PORT]"
              .formatted(Printable.line(registry)));
    }
    Path file = Login.remember(directory(), registry, user, password());
    surroundings.out().println("credentials for " + registry + " written to " + file);
    surroundings.out().flush();
    return ExitCode.OK.value();
  }

  private String password() throws UsageException {
    try {
      String given = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
      String password = given.replaceFirst("\r?\n$", "");
      if (!password.isEmpty()) {
        return password;
      }
    } catch (IOException e) {
      throw new UsageException("tried to read the password, but standard input is not readable");
    }
    throw new UsageException("tried to read the password, but standard input is empty");
  }

  /** Where a build looks for it. */
  private Path directory() {
    Map<String, String> environment = surroundings.environment();
    String docker = environment.getOrDefault("DOCKER_CONFIG", "");
    if (!docker.isEmpty()) {
      return Path.of(docker).toAbsolutePath();
    }
    String given = environment.getOrDefault("KANIKO_DIR", "");
    Path kaniko = Path.of(given.isEmpty() ? "/kaniko" : given).toAbsolutePath();
    boolean usable = !given.isEmpty() || (Files.isDirectory(kaniko) && Files.isWritable(kaniko));
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    return (usable ? kaniko : Path.of(home).toAbsolutePath()).resolve(".docker");
  }

  private static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("executor " + NAME);
    spec.usageMessage()
        .description("Writes the password of a registry into config.json.")
        .width(100);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .type(String.class)
            .paramLabel("HOST")
            .description("Registry. Default: docker.io")
            .build());
    spec.addOption(Flags.one("USER", "User name", "--username", "-u"));
    spec.addOption(Flags.flag("Read the password from standard input", "--password-stdin"));
    spec.addOption(Flags.one("PASSWORD", "Refused: use --password-stdin", "--password", "-p"));
    spec.addOption(Flags.flag("Show this help", "--help", "-h"));
    return new CommandLine(spec).setExpandAtFiles(false);
  }
}
