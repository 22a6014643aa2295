package io.jenkins.plugins.kaniko.executor.layer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The records of pax headers (POSIX.1-2001, pax, "pax Extended Header"). */
final class Pax {
  private Pax() {}

  /** An empty value takes back an earlier one; but an extended attribute may well be empty. */
  static void add(Map<String, byte[]> pax, byte[] body) throws IOException {
    records(body)
        .forEach(
            (key, value) -> {
              if (value.length == 0 && !key.startsWith(TarReader.XATTR)) {
                pax.remove(key);
              } else {
                pax.put(key, value);
              }
            });
  }

  private static Map<String, byte[]> records(byte[] body) throws IOException {
    Map<String, byte[]> records = new HashMap<>();
    int at = 0;
    while (at < body.length && body[at] != 0) {
      int space = indexOf(body, ' ', at, body.length);
      int length;
      try {
        length =
            Integer.parseInt(
                new String(body, at, Math.max(0, space - at), StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        throw new IOException("tried to read a layer, but a pax record has no length", e);
      }
      int end = at + length;
      int equals = indexOf(body, '=', space, Math.min(end, body.length));
      if (length <= 0 || end > body.length || equals < 0 || body[end - 1] != '\n') {
        throw new IOException("tried to read a layer, but a pax record is malformed");
      }
      String key = new String(body, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      records.put(key, java.util.Arrays.copyOfRange(body, equals + 1, end - 1));
      at = end;
    }
    return records;
  }

  private static int indexOf(byte[] body, char wanted, int from, int to) {
    for (int i = Math.max(from, 0); i < to; i++) {
      if (body[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  static long number(Map<String, byte[]> pax, String key) throws IOException {
    try {
      return Long.parseLong(new String(pax.get(key), StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      throw new IOException(
          "tried to read a layer, but the pax record " + key + " is no number", e);
    }
  }

  /** Whole seconds, rounded down: "-0.5" is one second before 1970. */
  static long seconds(Map<String, byte[]> pax) throws IOException {
    String text = new String(pax.get("mtime"), StandardCharsets.US_ASCII);
    // The length is bounded, and no exponent allowed: "1e999999999" would fill the memory.
    if (!text.matches("-?[0-9]{1,18}(\\.[0-9]*)?")) {
      throw new IOException("tried to read a layer, but the pax record mtime is no number");
    }
    int point = text.indexOf('.');
    long whole = Long.parseLong(point < 0 ? text : text.substring(0, point));
    boolean fraction = point >= 0 && !text.substring(point + 1).matches("0*");
    return text.startsWith("-") && fraction ? whole - 1 : whole;
  }
}
