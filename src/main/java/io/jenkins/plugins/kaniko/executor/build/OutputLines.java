package io.jenkins.plugins.kaniko.executor.build;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Cuts the output of a command into lines, and remembers the last ones for the case that it fails.
 */
final class OutputLines extends OutputStream {
  private static final int REMEMBERED = 10;
  private static final int MAX_LINE = 64 * 1024;

  private final Consumer<String> sink;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Deque<String> last = new ArrayDeque<>();

  OutputLines(Consumer<String> sink) {
    this.sink = sink;
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n' || line.size() >= MAX_LINE) {
      end();
    }
    if (b != '\n') {
      line.write(b);
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  /** Ends a last line that has no line feed. A flush does not: writes end anywhere in a line. */
  @Override
  public synchronized void close() {
    if (line.size() > 0) {
      end();
    }
  }

  /** The last lines, each on a line of its own behind a line feed; empty without any. */
  synchronized String tail() {
    StringBuilder text = new StringBuilder();
    for (String remembered : last) {
      text.append("\n    ").append(remembered);
    }
    return text.length() == 0 ? "" : "; its last lines were:" + text;
  }

  private void end() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (text.endsWith("\r")) {
      text = text.substring(0, text.length() - 1);
    }
    if (last.size() == REMEMBERED) {
      last.poll();
    }
    last.add(text);
    sink.accept(text);
  }
}
