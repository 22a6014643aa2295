package io.jenkins.plugins.kaniko.agent;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces secrets by asterisks: as they are, in Base64 (also inside of a longer encoded text, as
 * in {@code config.json}), escaped for JSON or a URL, and broken over lines.
 */
final class Masker {
  private static final String MASK = "****";

  /** Shorter pieces of an encoded secret occur by chance. */
  private static final int MIN_PIECE = 8;

  /** The beginning of a secret that holds a line back until the next one is known. */
  private static final int MIN_HELD = 4;

  private final List<String> secrets;

  Masker(Collection<String> values) {
    Set<String> forms = new LinkedHashSet<>();
    for (String value : values) {
      if (!value.isBlank()) {
        addForms(value, forms);
        addForms(value.strip(), forms);
      }
    }
    secrets = forms.stream().sorted(Comparator.comparing(String::length).reversed()).toList();
  }

  /** Masks a text that stands alone, such as a message. */
  String mask(String text) {
    BitSet hidden = new BitSet();
    StringBuilder joined = new StringBuilder();
    int[] origin = new int[text.length()];
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '\n' && text.charAt(i) != '\r') {
        origin[joined.length()] = i;
        joined.append(text.charAt(i));
      }
    }
    BitSet found = find(joined.toString());
    found.stream().forEach(i -> hidden.set(origin[i]));
    return cover(text, hidden);
  }

  /** For lines that follow one another. */
  Lines lines() {
    return new Lines();
  }

  /** The lines of one source. A secret that is broken over several is masked in each. */
  final class Lines {
    private final List<String> held = new ArrayList<>();

    /** The end of what has been handed out, for secrets whose beginning was too short to wait. */
    private String before = "";

    /** Takes a line in, hands out those that are certain by now. */
    List<String> add(String line) {
      held.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      String joined = before + String.join("", held);
      return release(joined.length() - longestBeginning(joined) - before.length());
    }

    /** Hands out what was held back. */
    List<String> end() {
      return release(Integer.MAX_VALUE);
    }

    private List<String> release(int certain) {
      String joined = before + String.join("", held);
      BitSet hidden = find(joined);
      List<String> out = new ArrayList<>();
      int start = before.length();
      while (!held.isEmpty() && start - before.length() + held.get(0).length() <= certain) {
        String line = held.remove(0);
        out.add(cover(line, hidden.get(start, start + line.length())));
        start += line.length();
      }
      before = joined.substring(Math.max(0, start - MIN_HELD), start);
      return out;
    }
  }

  /** The length of the longest end of the text that is the beginning of a secret. */
  private int longestBeginning(String text) {
    int longest = 0;
    for (String secret : secrets) {
      int most = Math.min(secret.length() - 1, text.length());
      for (int length = most; length >= MIN_HELD && length > longest; length--) {
        if (text.startsWith(secret.substring(0, length), text.length() - length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  private BitSet find(String text) {
    BitSet hidden = new BitSet();
    for (String secret : secrets) {
      for (int i = text.indexOf(secret); i >= 0; i = text.indexOf(secret, i + 1)) {
        hidden.set(i, i + secret.length());
      }
    }
    return hidden;
  }

  private static String cover(String text, BitSet hidden) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!hidden.get(i)) {
        out.append(text.charAt(i));
      } else if (i == 0 || !hidden.get(i - 1)) {
        out.append(MASK);
      }
    }
    return out.toString();
  }

  private static void addForms(String value, Set<String> forms) {
    List<String> lines = value.lines().toList();
    forms.add(String.join("", lines));
    if (lines.size() > 1) {
      lines.stream().filter(line -> line.length() >= MIN_PIECE).forEach(forms::add);
    }
    forms.add(Json.escape(value));
    forms.add(URLEncoder.encode(value, StandardCharsets.UTF_8));
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    addEncoded(Base64.getEncoder().withoutPadding(), bytes, forms);
    addEncoded(Base64.getUrlEncoder().withoutPadding(), bytes, forms);
  }

  /** Three forms, by how many bytes of another text share the first group of three. */
  private static void addEncoded(Base64.Encoder encoder, byte[] secret, Set<String> forms) {
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + secret.length];
      System.arraycopy(secret, 0, shifted, offset, secret.length);
      String encoded = encoder.encodeToString(shifted);
      // The characters at the edges also hold bits of the neighbours.
      int from = (offset * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      if (to - from >= MIN_PIECE) {
        forms.add(encoded.substring(from, to));
      }
    }
    forms.add(encoder.encodeToString(secret));
  }
}
