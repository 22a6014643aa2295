package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Collects the words of a text that is split at white space outside quotes. */
final class Words {

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  /** Adds text whose white space separates words. */
  void addSplit(String text) {
    text.codePoints()
        .forEach(
            c -> {
              if (Chars.isSpace(c)) {
                flush();
              } else {
                word.appendCodePoint(c);
              }
            });
  }

  /** Adds quoted text, whose white space belongs to the word. */
  void addWhole(String text) {
    word.append(text);
  }

  /** The words; empty ones do not count. */
  List<String> finish() {
    flush();
    return words;
  }

  private void flush() {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
