package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;
import java.util.Set;

/**
 * What an expansion gives.
 *
 * @param word the text as one word
 * @param words the text split at white space outside quotes
 * @param used the variables that were looked up and are set
 * @param unset the variables that were looked up and are not set
 */
public record Expansion(String word, List<String> words, Set<String> used, Set<String> unset) {

  public Expansion {
    words = List.copyOf(words);
    used = Set.copyOf(used);
    unset = Set.copyOf(unset);
  }
}
