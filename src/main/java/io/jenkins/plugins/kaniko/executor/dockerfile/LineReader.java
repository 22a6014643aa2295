package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a Dockerfile into logical lines: comments and blank lines go, continuation lines are joined
 * as they are, here-documents are taken along. Line ends may be LF or CR LF.
 */
final class LineReader {

  private static final Set<String> TAKES_HEREDOCS = Set.of("ADD", "COPY", "RUN");

  private final String file;
  private final char escape;
  private final List<String> lines;
  private int next;

  /**
   * @param first the index of the first line to read: what stands before are directives
   */
  LineReader(String file, List<String> lines, char escape, int first) {
    next = first;
    this.file = file;
    this.lines = lines;
    this.escape = escape;
  }

  /** The physical lines of a text without their line feeds; a byte order mark is dropped. */
  static List<String> split(String text) {
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    List<String> lines = new ArrayList<>(List.of(body.split("\n", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  /** The next logical line; empty at the end of the file. */
  Optional<LogicalLine> read() throws DockerfileException {
    List<String> comments = new ArrayList<>();
    while (next < lines.size()) {
      String first = Chars.trimStart(chomp(lines.get(next)));
      if (!first.isEmpty() && !first.startsWith("#")) {
        Optional<LogicalLine> line = join(first, comments);
        if (line.isPresent()) {
          return line;
        }
        comments.clear();
      } else {
        next++;
        if (first.isEmpty()) {
          comments.clear();
        } else {
          comments.add(Chars.trim(first.substring(1)));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<LogicalLine> join(String first, List<String> comments)
      throws DockerfileException {
    int start = next++;
    boolean emptyContinuation = false;
    StringBuilder text = new StringBuilder();
    LineMap map = new LineMap();
    map.add(0, next, 1 + chomp(lines.get(start)).length() - first.length());
    boolean open = append(text, first);
    while (open && next < lines.size()) {
      String line = chomp(lines.get(next++));
      String content = Chars.trimStart(line);
      if (content.isEmpty()) {
        emptyContinuation = true;
      } else if (!content.startsWith("#")) {
        map.add(text.length(), next, 1);
        open = append(text, line);
      }
    }
    String joined = text.toString();
    if (Chars.trim(joined).isEmpty()) {
      return Optional.empty();
    }
    List<Heredoc> heredocs = readHeredocs(joined, start, map);
    return Optional.of(
        new LogicalLine(source(joined, start, comments), heredocs, emptyContinuation, map));
  }

  /** Appends a physical line; true when it ends with the escape character and goes on. */
  private boolean append(StringBuilder text, String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean continues =
        end > 0 && line.charAt(end - 1) == escape && (end == 1 || line.charAt(end - 2) != escape);
    text.append(continues ? line.substring(0, end - 1) : line);
    return continues;
  }

  private List<Heredoc> readHeredocs(String line, int start, LineMap map)
      throws DockerfileException {
    List<Heredoc> heredocs = new ArrayList<>();
    if (!takesHeredocs(line)) {
      return heredocs;
    }
    for (HeredocToken token : HeredocToken.scan(line)) {
      StringBuilder content = new StringBuilder();
      boolean closed = false;
      while (!closed && next < lines.size()) {
        String raw = lines.get(next++);
        closed = closes(token, chomp(raw));
        if (!closed) {
          content.append(raw).append('\n');
        }
      }
      if (!closed) {
        throw new DockerfileException(
            "here-document is not terminated; end it with a line that is just "
                + token.name()
                + (next - start > 1 ? ", not indented and with nothing behind it" : ""),
            map.narrow(source(line, start, List.of()), token.start()));
      }
      heredocs.add(token.withContent(content.toString()));
    }
    return heredocs;
  }

  private static boolean closes(HeredocToken token, String line) {
    int tabs = 0;
    while (token.chomp() && tabs < line.length() && line.charAt(tabs) == '\t') {
      tabs++;
    }
    return line.substring(tabs).equals(token.name());
  }

  private static boolean takesHeredocs(String line) {
    Chars.Head head = Chars.head(line);
    String keyword = head.word().toUpperCase(Locale.ROOT);
    return TAKES_HEREDOCS.contains(
        keyword.equals("ONBUILD")
            ? Chars.head(head.rest()).word().toUpperCase(Locale.ROOT)
            : keyword);
  }

  private Source source(String text, int start, List<String> comments) {
    List<String> physical = lines.subList(start, next).stream().map(LineReader::chomp).toList();
    return new Source(new SourceRange(file, start + 1, next), text, physical, comments, List.of());
  }

  private static String chomp(String line) {
    int end = line.length();
    while (end > 0 && line.charAt(end - 1) == '\r') {
      end--;
    }
    return line.substring(0, end);
  }
}
