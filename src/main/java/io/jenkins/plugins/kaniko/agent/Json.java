package io.jenkins.plugins.kaniko.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) to and from maps with string keys, lists, strings, longs, doubles, booleans and
 * null. Messages name the place and never quote the text, which may be secret.
 */
final class Json {
  private static final int MAX_DEPTH = 100;

  /** Text that is not JSON. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private MalformedException(String problem, int position) {
      super(problem + " at character " + (position + 1));
    }
  }

  private final String text;
  private int position;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  static Object parse(String text) throws MalformedException {
    Json json = new Json(text);
    Object value = json.value();
    json.skipSpace();
    if (json.position < text.length()) {
      throw json.malformed("more text after the value");
    }
    return value;
  }

  static Map<String, Object> parseObject(String text) throws MalformedException {
    Object value = parse(text);
    if (value instanceof Map<?, ?>) {
      return object(value);
    }
    throw new MalformedException("a value that is not an object", 0);
  }

  /** The value if it is an object, an empty one otherwise. */
  @SuppressWarnings("unchecked") // this parser makes no other maps
  static Map<String, Object> object(Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  static List<?> list(Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  static String string(Object value) {
    return value instanceof String string ? string : "";
  }

  static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** The text of a string between its quotes, in ASCII. */
  static String escape(String value) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator).append('"').append(escape((String) entry.getKey())).append("\":");
        write(entry.getValue(), out);
        separator = ",";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object element : list) {
        out.append(separator);
        write(element, out);
        separator = ",";
      }
      out.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof String string) {
      out.append('"').append(escape(string)).append('"');
    } else {
      out.append(value);
    }
  }

  private Object value() throws MalformedException {
    skipSpace();
    char c = peek();
    if (c == '{' || c == '[') {
      if (++depth > MAX_DEPTH) {
        throw malformed("too deep a nesting");
      }
      Object value = c == '{' ? object() : array();
      depth--;
      return value;
    }
    return c == '"' ? string() : word();
  }

  private Map<String, Object> object() throws MalformedException {
    Map<String, Object> map = new LinkedHashMap<>();
    expect('{');
    while (!closes('}', map.isEmpty())) {
      skipSpace();
      String key = string();
      skipSpace();
      expect(':');
      map.put(key, value());
    }
    return map;
  }

  private List<Object> array() throws MalformedException {
    List<Object> list = new ArrayList<>();
    expect('[');
    while (!closes(']', list.isEmpty())) {
      list.add(value());
    }
    return list;
  }

  /** Takes the end of a collection, or the comma before its next element. */
  private boolean closes(char end, boolean first) throws MalformedException {
    skipSpace();
    if (peek() == end) {
      position++;
      return true;
    }
    if (!first) {
      expect(',');
      skipSpace();
    }
    return false;
  }

  private String string() throws MalformedException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      position++;
      if (c == '"') {
        return out.toString();
      } else if (c < ' ') {
        throw malformed("a control character in a string");
      }
      out.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws MalformedException {
    char c = peek();
    position++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw malformed("an unknown escape");
    };
  }

  private char codeUnit() throws MalformedException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw malformed("an unknown escape");
      }
      code = code * 16 + digit;
      position++;
    }
    return (char) code;
  }

  private Object word() throws MalformedException {
    int start = position;
    while (position < text.length() && isWord(text.charAt(position))) {
      position++;
    }
    String word = text.substring(start, position);
    if (word.equals("true") || word.equals("false")) {
      return word.equals("true");
    } else if (word.equals("null")) {
      return null;
    } else if (word.matches("-?(0|[1-9][0-9]{0,17})")) {
      return Long.valueOf(word);
    } else if (word.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      return Double.valueOf(word);
    }
    position = start;
    throw malformed("an unknown value");
  }

  private static boolean isWord(char c) {
    return c == '+' || c == '-' || c == '.' || Character.isLetterOrDigit(c);
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private char peek() throws MalformedException {
    if (position >= text.length()) {
      throw malformed("an early end");
    }
    return text.charAt(position);
  }

  private void expect(char c) throws MalformedException {
    if (peek() != c) {
      throw malformed("a missing '" + c + "'");
    }
    position++;
  }

  private MalformedException malformed(String problem) {
    return new MalformedException(problem, position);
  }
}
