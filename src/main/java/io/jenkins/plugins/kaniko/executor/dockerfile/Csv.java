package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** One comma-separated record (RFC 4180), as the values of {@code --mount} and {@code --device}. */
final class Csv {

  private Csv() {}

  static List<String> fields(String text) throws DockerfileException {
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      at = text.startsWith("\"", at) ? quoted(text, at, field) : plain(text, at, field);
      fields.add(field.toString());
      if (at >= text.length()) {
        return fields;
      }
      if (text.charAt(at) != ',') {
        throw new DockerfileException("a comma is missing behind the quotes in \"" + text + "\"");
      }
      at++;
    }
  }

  private static int plain(String text, int start, StringBuilder field) throws DockerfileException {
    int comma = text.indexOf(',', start);
    int end = comma < 0 ? text.length() : comma;
    field.append(text, start, end);
    if (field.indexOf("\"") >= 0) {
      throw new DockerfileException(
          "a quote stands inside the field " + field + "; put the whole field in double quotes");
    }
    return end;
  }

  private static int quoted(String text, int open, StringBuilder field) throws DockerfileException {
    int at = open + 1;
    while (at < text.length()) {
      if (text.charAt(at) != '"') {
        field.append(text.charAt(at++));
      } else if (text.startsWith("\"\"", at)) {
        field.append('"');
        at += 2;
      } else {
        return at + 1;
      }
    }
    throw new DockerfileException("a quoted field is not closed in \"" + text + "\"");
  }
}
