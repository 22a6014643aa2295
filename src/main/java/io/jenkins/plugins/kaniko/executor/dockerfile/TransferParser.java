package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads COPY and ADD. */
final class TransferParser {

  static final Map<String, Flags.Kind> COPY_FLAGS =
      Map.of(
          "from", Flags.Kind.VALUE,
          "chown", Flags.Kind.VALUE,
          "chmod", Flags.Kind.VALUE,
          "link", Flags.Kind.BOOLEAN,
          "parents", Flags.Kind.BOOLEAN,
          "exclude", Flags.Kind.REPEATED);
  static final Map<String, Flags.Kind> ADD_FLAGS =
      Map.of(
          "chown", Flags.Kind.VALUE,
          "chmod", Flags.Kind.VALUE,
          "link", Flags.Kind.BOOLEAN,
          "exclude", Flags.Kind.REPEATED,
          "keep-git-dir", Flags.Kind.BOOLEAN,
          "checksum", Flags.Kind.VALUE,
          "unpack", Flags.Kind.BOOLEAN);

  private TransferParser() {}

  static CopyInstruction copy(Statement statement) throws DockerfileException {
    Flags flags = Flags.parse(statement, COPY_FLAGS);
    Optional<String> from = flags.value("from");
    if (from.isPresent() && from.get().isEmpty()) {
      throw flags.error("from", "--from names nothing; give a stage, an image or a named context");
    }
    if (from.isPresent() && from.get().matches("(?s).*\\$..*")) {
      throw flags.error(
          "from",
          "--from="
              + from.get()
              + " does not expand variables; give the image a stage name with FROM "
              + from.get()
              + " AS <name>, and copy from that");
    }
    return new CopyInstruction(
        statement.source().withUsedFlags(flags.used()),
        transfer(statement, flags),
        from,
        flags.bool("parents").orElse(false));
  }

  static AddInstruction add(Statement statement) throws DockerfileException {
    Flags flags = Flags.parse(statement, ADD_FLAGS);
    return new AddInstruction(
        statement.source().withUsedFlags(flags.used()),
        transfer(statement, flags),
        flags.value("checksum"),
        flags.bool("keep-git-dir"),
        flags.bool("unpack"));
  }

  private static Transfer transfer(Statement statement, Flags flags) throws DockerfileException {
    List<String> words = new ArrayList<>();
    List<Heredoc> heredocs = new ArrayList<>();
    boolean heredocLast = split(statement, words, heredocs);
    int arguments = words.size() + heredocs.size();
    if (arguments < 2) {
      throw statement.error(
          statement.name()
              + " requires at least one source and a destination"
              + (arguments == 0 ? "" : ", but only one argument was given"));
    }
    if (heredocLast) {
      throw statement.error(
          statement.name() + " cannot write to a here-document; give a destination behind it");
    }
    String destination = words.remove(words.size() - 1);
    return new Transfer(
        words,
        heredocs,
        destination,
        flags.value("chown"),
        flags.value("chmod"),
        flags.bool("link").orElse(false),
        flags.all("exclude").stream().map(Token::text).toList());
  }

  /** Sorts the arguments into words and here-documents; true when a here-document is the last. */
  private static boolean split(Statement statement, List<String> words, List<Heredoc> heredocs)
      throws DockerfileException {
    if (statement.json().isPresent() || statement.heredocs().isEmpty()) {
      words.addAll(statement.jsonOrWords());
      return false;
    }
    String args = statement.args().text();
    List<HeredocToken> tokens = HeredocToken.scan(args);
    int at = 0;
    for (HeredocToken token : tokens) {
      words.addAll(Chars.words(args.substring(at, token.start())));
      at = token.end();
    }
    List<String> behind = Chars.words(args.substring(at));
    words.addAll(behind);
    heredocs.addAll(statement.heredocs());
    return behind.isEmpty();
  }
}
