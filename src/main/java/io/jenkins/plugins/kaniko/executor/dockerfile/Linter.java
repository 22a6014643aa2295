package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of BuildKit's linter that need nothing but the parsed file. */
final class Linter {

  private static final Set<String> RESERVED_NAMES = Set.of("context", "scratch");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?:.*_|)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_.*|)");
  private static final Pattern HARMLESS =
      Pattern.compile("(?i)(?:.*_|)(?:public|file|version)(?:_.*|)");
  private static final Pattern ABSOLUTE = Pattern.compile("[\"']?[/$]");
  private static final Pattern TARGET_PLATFORM =
      Pattern.compile("\\$(?:TARGETPLATFORM|\\{TARGETPLATFORM\\})");

  private final Dockerfile file;
  private final List<Warning> warnings = new ArrayList<>();
  private final Set<String> stageNames = new HashSet<>();

  /** The names of stages that have a WORKDIR of their own; of equal names the last counts. */
  private final Set<String> knownWorkdir = new HashSet<>();

  private Linter(Dockerfile file) {
    this.file = file;
  }

  static List<Warning> lint(Dockerfile file) {
    Linter linter = new Linter(file);
    linter.lintCasing();
    for (Stage stage : file.stages()) {
      linter.lintFrom(stage);
      linter.lintRepeated(stage);
      linter.lintWorkdirs(stage);
      linter.lintShellForms(stage);
      stage.instructions().forEach(linter::lintInstruction);
    }
    file.globalArgs().forEach(linter::lintInstruction);
    linter.warnings.addAll(DescriptionLint.lint(file));
    linter.warnings.addAll(FromLint.lint(file));
    linter.warnings.addAll(VariableLint.lint(file));
    return linter.warnings;
  }

  private void lintCasing() {
    List<Instruction> all = new ArrayList<>(file.globalArgs());
    for (Stage stage : file.stages()) {
      all.add(stage.from());
      all.addAll(stage.instructions());
    }
    long upper = all.stream().map(Linter::written).filter(Linter::isUpper).count();
    long lower = all.stream().map(Linter::written).filter(Linter::isLower).count();
    boolean preferUpper = upper >= lower;
    for (Instruction instruction : all) {
      String written = written(instruction);
      if (preferUpper ? !isUpper(written) : !isLower(written)) {
        warn(
            LintRule.CONSISTENT_INSTRUCTION_CASING,
            written
                + " is not in the case of most instructions: "
                + (preferUpper ? "upper" : "lower")
                + " case",
            instruction);
      }
    }
  }

  private void lintFrom(Stage stage) {
    FromInstruction from = stage.from();
    from.platform()
        .ifPresent(
            platform -> {
              if (TARGET_PLATFORM.matcher(platform).matches()) {
                warn(
                    LintRule.REDUNDANT_TARGET_PLATFORM,
                    "--platform=" + platform + " is the default; leave it out",
                    from);
              } else if (!platform.contains("$") && !namesPlatform(stage, platform)) {
                warn(
                    LintRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    "--platform should not be the constant \"" + platform + "\"",
                    from);
              }
            });
    if (from.name().isEmpty()) {
      return;
    }
    String name = from.name().get();
    String as = Chars.words(from.original()).get(Chars.words(from.original()).size() - 2);
    if (isUpper(as) != isUpper(written(from)) || isLower(as) != isLower(written(from))) {
      warn(LintRule.FROM_AS_CASING, as + " and " + written(from) + " differ in case", from);
    }
    if (!isLower(name)) {
      warn(LintRule.STAGE_NAME_CASING, "stage name " + name + " should be in lower case", from);
    }
    if (RESERVED_NAMES.contains(stage.name().orElse(""))) {
      warn(
          LintRule.RESERVED_STAGE_NAME,
          "stage name " + name + " is reserved; choose another",
          from);
    }
    if (!stageNames.add(stage.name().orElse(""))) {
      warn(LintRule.DUPLICATE_STAGE_NAME, "stage name " + name + " is used twice", from);
    }
  }

  private static boolean namesPlatform(Stage stage, String platform) {
    for (String part : platform.split("/", -1)) {
      if (!part.isEmpty() && stage.name().orElse("").contains(part)) {
        return true;
      }
    }
    return false;
  }

  private void lintRepeated(Stage stage) {
    Map<String, Instruction> last = new HashMap<>();
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof CmdInstruction
          || instruction instanceof EntrypointInstruction
          || instruction instanceof HealthcheckInstruction) {
        Instruction earlier = last.put(instruction.keyword(), instruction);
        if (earlier != null) {
          warn(
              LintRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
              "only the last " + instruction.keyword() + " of a stage counts",
              earlier);
        }
      }
    }
  }

  private void lintWorkdirs(Stage stage) {
    boolean known = knownWorkdir.contains(stage.from().image().toLowerCase(Locale.ROOT));
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof WorkdirInstruction workdir) {
        boolean fixed = ABSOLUTE.matcher(workdir.path()).lookingAt();
        if (!fixed && !known) {
          warn(
              LintRule.WORKDIR_RELATIVE_PATH,
              "relative WORKDIR " + workdir.path() + " depends on the base image",
              workdir);
        }
        // What follows is relative to this one: mending it mends them all.
        known = true;
      }
    }
    stage.name().ifPresent(knownWorkdir::remove);
    if (known) {
      stage.name().ifPresent(knownWorkdir::add);
    }
  }

  private void lintShellForms(Stage stage) {
    if (stage.instructions().stream().anyMatch(ShellInstruction.class::isInstance)) {
      return;
    }
    for (Instruction instruction : stage.instructions()) {
      boolean shellForm =
          (instruction instanceof CmdInstruction cmd && cmd.command().shellForm())
              || (instruction instanceof EntrypointInstruction entry
                  && entry.command().shellForm());
      if (shellForm) {
        warn(
            LintRule.JSON_ARGS_RECOMMENDED,
            "JSON form is recommended for "
                + instruction.keyword()
                + ", else a shell stands between it and signals",
            instruction);
      }
    }
  }

  private void lintInstruction(Instruction instruction) {
    if (instruction instanceof ArgInstruction arg) {
      arg.args().forEach(one -> lintSecret(one.name(), arg));
    } else if (instruction instanceof EnvInstruction env) {
      env.variables().forEach(one -> lintSecret(one.key(), env));
    } else if (instruction instanceof ExposeInstruction expose) {
      expose.ports().forEach(port -> lintPort(port, expose));
    }
  }

  private void lintSecret(String name, Instruction instruction) {
    if (SECRET.matcher(name).matches() && !HARMLESS.matcher(name).matches()) {
      warn(
          LintRule.SECRETS_USED_IN_ARG_OR_ENV,
          "do not use "
              + instruction.keyword()
              + " for secrets ("
              + name
              + "): they stay in the image",
          instruction);
    }
  }

  private void lintPort(String port, Instruction instruction) {
    if (port.contains("$")) {
      return;
    }
    int slash = port.indexOf('/');
    if (slash >= 0 && !isLower(port.substring(slash))) {
      warn(
          LintRule.EXPOSE_PROTO_CASING,
          "the protocol of " + port + " should be in lower case",
          instruction);
    }
    if (port.contains(":")) {
      warn(
          LintRule.EXPOSE_INVALID_FORMAT,
          "EXPOSE " + port + " should be the container's port alone",
          instruction);
    }
  }

  private static String written(Instruction instruction) {
    return Chars.head(instruction.original()).word();
  }

  private static boolean isUpper(String word) {
    return word.equals(word.toUpperCase(Locale.ROOT));
  }

  private static boolean isLower(String word) {
    return word.equals(word.toLowerCase(Locale.ROOT));
  }

  private void warn(LintRule rule, String message, Instruction instruction) {
    warnings.add(new Warning(rule, message, instruction.range()));
  }
}
