package io.jenkins.plugins.kaniko.executor.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rules and paths from a tiny alphabet, so that they meet often. */
final class RandomRules {
  private static final String[] NAMES = {"a", "b", "ab", "ba", "c.x"};
  private static final String[] PARTS = {
    "a", "b", "ab", "*", "**", "?", "*.x", "[ab]", "[^a]", "b*"
  };

  private RandomRules() {}

  static List<String> rules(Random random) {
    List<String> rules = new ArrayList<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      String rule = join(random, PARTS, 3);
      rules.add(i > 0 && random.nextInt(5) < 2 ? "!" + rule : rule);
    }
    return rules;
  }

  static String path(Random random) {
    return join(random, NAMES, 4);
  }

  private static String join(Random random, String[] from, int max) {
    List<String> parts = new ArrayList<>();
    int count = 1 + random.nextInt(max);
    for (int i = 0; i < count; i++) {
      parts.add(from[random.nextInt(from.length)]);
    }
    return String.join("/", parts);
  }
}
