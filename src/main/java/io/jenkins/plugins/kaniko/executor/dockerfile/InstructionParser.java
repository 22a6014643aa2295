package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Makes a typed instruction of a logical line. */
final class InstructionParser {

  static final List<String> KEYWORDS =
      List.of(
          "RUN",
          "COPY",
          "FROM",
          "ENV",
          "ARG",
          "ADD",
          "CMD",
          "LABEL",
          "WORKDIR",
          "USER",
          "EXPOSE",
          "VOLUME",
          "ENTRYPOINT",
          "SHELL",
          "STOPSIGNAL",
          "HEALTHCHECK",
          "ONBUILD",
          "MAINTAINER");
  static final Map<String, Flags.Kind> FROM_FLAGS = Map.of("platform", Flags.Kind.VALUE);

  private static final Set<String> NO_TRIGGERS = Set.of("FROM", "MAINTAINER", "ONBUILD");
  private static final Set<String> JSON_FORMS =
      Set.of("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME");
  private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9._-]*");
  private static final Pattern ONBUILD = Pattern.compile("(?i)^\\s*ONBUILD\\s+");

  private final char escape;
  private final Consumer<Warning> warnings;

  InstructionParser(char escape, Consumer<Warning> warnings) {
    this.escape = escape;
    this.warnings = warnings;
  }

  Instruction parse(LogicalLine line) throws DockerfileException {
    if (line.emptyContinuation()) {
      warn(
          LintRule.NO_EMPTY_CONTINUATION,
          "Blank lines between continuation lines end up as an error in a"
              + " future version of the language; remove them",
          line.source());
    }
    return parse(Statement.of(line));
  }

  private Instruction parse(Statement statement) throws DockerfileException {
    if (JSON_FORMS.contains(statement.name())) {
      warnOfTrailingText(statement);
    }
    return switch (statement.name()) {
      case "FROM" -> from(statement);
      case "RUN" -> RunParser.run(statement);
      case "COPY" -> TransferParser.copy(statement);
      case "ADD" -> TransferParser.add(statement);
      case "HEALTHCHECK" -> HealthcheckParser.parse(statement);
      default -> withoutFlags(statement);
    };
  }

  private Instruction withoutFlags(Statement statement) throws DockerfileException {
    if (KEYWORDS.contains(statement.name())) {
      Flags.none(statement);
    }
    Source source = statement.source();
    return switch (statement.name()) {
      case "ENV" -> new EnvInstruction(source, pairs(statement));
      case "LABEL" -> new LabelInstruction(source, pairs(statement));
      case "ARG" -> new ArgInstruction(source, Pairs.args(statement, escape));
      case "WORKDIR" -> new WorkdirInstruction(source, one(statement, "a path"));
      case "USER" -> new UserInstruction(source, one(statement, "a user"));
      case "STOPSIGNAL" -> new StopSignalInstruction(source, one(statement, "a signal"));
      case "MAINTAINER" -> maintainer(statement);
      case "EXPOSE" ->
          new ExposeInstruction(
              source, some(statement, Chars.words(statement.args().text()), "port"));
      case "VOLUME" -> new VolumeInstruction(source, volumes(statement));
      case "CMD" -> new CmdInstruction(source, RunParser.commandLine(statement));
      case "ENTRYPOINT" -> new EntrypointInstruction(source, RunParser.commandLine(statement));
      case "SHELL" -> shell(statement);
      case "ONBUILD" -> onbuild(statement);
      default -> throw unknown(statement);
    };
  }

  private static DockerfileException unknown(Statement statement) {
    String word = statement.keyword().text();
    Optional<String> nearest = Suggestions.nearest(statement.name(), KEYWORDS);
    String hint = "; if it continues the line before, end that line with the escape character";
    return statement
        .error(
            statement.keyword().at(),
            "unknown instruction \"" + word + "\"" + (nearest.isPresent() ? "" : hint))
        .suggesting(nearest);
  }

  private static FromInstruction from(Statement statement) throws DockerfileException {
    Flags flags = Flags.parse(statement, FROM_FLAGS);
    List<String> words = Chars.words(statement.args().text());
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      if (words.isEmpty()) {
        throw statement.error("FROM requires an image; FROM scratch starts from nothing");
      }
      throw statement.error(
          statement.args().at(),
          "FROM takes an image, or <image> AS <name>, but got \"" + statement.args().text() + "\"");
    }
    if (named && !STAGE_NAME.matcher(words.get(2).toLowerCase(Locale.ROOT)).matches()) {
      throw statement.error(
          statement.args().at() + statement.args().text().lastIndexOf(words.get(2)),
          "invalid stage name \""
              + words.get(2)
              + "\"; it starts with a letter and goes on with letters, digits, _, - and .");
    }
    return new FromInstruction(
        statement.source().withUsedFlags(flags.used()),
        words.get(0),
        flags.value("platform").filter(platform -> !platform.isEmpty()),
        named ? Optional.of(words.get(2)) : Optional.empty());
  }

  private List<KeyValue> pairs(Statement statement) throws DockerfileException {
    List<KeyValue> pairs = Pairs.parse(statement, escape);
    if (Pairs.isLegacy(Pairs.words(statement.args(), escape))) {
      String keyword = statement.name();
      warn(
          LintRule.LEGACY_KEY_VALUE_FORMAT,
          keyword + " key=value should be used instead of the legacy " + keyword + " key value",
          statement.source());
    }
    return pairs;
  }

  private Instruction maintainer(Statement statement) throws DockerfileException {
    warn(
        LintRule.MAINTAINER_DEPRECATED,
        "MAINTAINER is deprecated; use LABEL org.opencontainers.image.authors=",
        statement.source());
    return new MaintainerInstruction(statement.source(), one(statement, "a name"));
  }

  private static String one(Statement statement, String what) throws DockerfileException {
    if (statement.args().text().isEmpty()) {
      throw statement.error(statement.name() + " requires " + what);
    }
    return statement.args().text();
  }

  private static List<String> some(Statement statement, List<String> words, String what)
      throws DockerfileException {
    if (words.isEmpty()) {
      throw statement.error(statement.name() + " requires at least one " + what);
    }
    return words;
  }

  private static List<String> volumes(Statement statement) throws DockerfileException {
    List<String> paths =
        some(statement, statement.jsonOrWords(), "path").stream().map(Chars::trim).toList();
    if (paths.contains("")) {
      throw statement.error("VOLUME has an empty path; name a directory such as /data");
    }
    return paths;
  }

  private static ShellInstruction shell(Statement statement) throws DockerfileException {
    Optional<JsonArray> json = statement.json();
    if (json.isEmpty() || json.get().elements().isEmpty()) {
      throw statement.error("SHELL must be in JSON form, such as SHELL [\"/bin/sh\", \"-c\"]");
    }
    return new ShellInstruction(statement.source(), json.get().elements());
  }

  private Instruction onbuild(Statement statement) throws DockerfileException {
    if (statement.args().text().isEmpty()) {
      throw statement.error("ONBUILD requires an instruction");
    }
    Source source = statement.source();
    String args = statement.args().text();
    Source triggerSource = new Source(source.range(), args, source.lines(), List.of(), List.of());
    Statement trigger = Statement.at(triggerSource, statement.line(), statement.args().at());
    if (NO_TRIGGERS.contains(trigger.name())) {
      throw statement.error(
          trigger.keyword().at(), trigger.name() + " cannot be triggered by ONBUILD");
    }
    StringBuilder text = new StringBuilder(ONBUILD.matcher(source.original()).replaceFirst(""));
    for (Heredoc heredoc : statement.heredocs()) {
      text.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return new OnbuildInstruction(source, Chars.trim(text.toString()), parse(trigger));
  }

  /** Refuses what no image configuration may trigger. */
  static void checkTrigger(Instruction instruction) throws DockerfileException {
    if (NO_TRIGGERS.contains(instruction.keyword())) {
      throw new DockerfileException(
          instruction.keyword() + " cannot be triggered by ONBUILD", instruction.source());
    }
  }

  private void warnOfTrailingText(Statement statement) {
    JsonArray.parse(statement.args().text())
        .filter(array -> !array.trailing().isEmpty())
        .ifPresent(
            array ->
                warn(
                    LintRule.TRAILING_JSON_TEXT,
                    "\""
                        + array.trailing()
                        + "\" stands behind the JSON array, so that this is no JSON form",
                    statement.source()));
  }

  private void warn(LintRule rule, String message, Source source) {
    warnings.accept(new Warning(rule, message, source.range()));
  }
}
