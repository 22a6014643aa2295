package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The valid name that a mistyped one is nearest to. */
public final class Suggestions {

  private static final int LONGEST = 64;

  private Suggestions() {}

  /**
   * The option with the smallest edit distance, case ignored, if at most a third of its letters
   * differ; of equals the first.
   */
  public static Optional<String> nearest(String word, Collection<String> options) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String option : options) {
      int distance = distance(word.toLowerCase(Locale.ROOT), option.toLowerCase(Locale.ROOT));
      boolean similar = distance < Math.max(word.length(), option.length());
      if (distance < bestDistance && distance <= Math.max(1, option.length() / 3) && similar) {
        best = option;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Insertions, deletions, substitutions and swaps of neighbours between two words. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(substitution, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
