package io.jenkins.plugins.kaniko.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Hands on a stream line by line. Longer lines than the limit are broken. */
final class LineReader {
  private static final int LIMIT = 1 << 20;

  private LineReader() {}

  /**
   * Reads to the end.
   *
   * @param idle called whenever nothing more is there for the moment
   */
  static void read(InputStream in, Consumer<String> sink, Runnable idle) throws IOException {
    StringBuilder line = new StringBuilder();
    char[] buffer = new char[8192];
    try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
        int start = 0;
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            sink.accept(line.append(buffer, start, i - start).toString());
            line.setLength(0);
            start = i + 1;
          }
        }
        line.append(buffer, start, count - start);
        if (line.length() > LIMIT) {
          sink.accept(line.toString());
          line.setLength(0);
        }
        if (!reader.ready()) {
          idle.run();
        }
      }
      if (line.length() > 0) {
        sink.accept(line.toString());
      }
    } finally {
      idle.run();
    }
  }
}
