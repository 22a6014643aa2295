package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Outline;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The answers as text for a person. */
final class CallText implements CallFormat {
  /** Lines shown above and below those that are meant. */
  private static final int AROUND = 2;

  private static final String RULER = "--------------------\n";

  private final String[] lines;

  CallText(String text) {
    lines = text.split("\r?\n", -1);
  }

  @Override
  public String check(List<Warning> warnings, Optional<BuildException> error) {
    StringBuilder text = new StringBuilder();
    if (!warnings.isEmpty()) {
      text.append("Check complete, ").append(count(warnings.size())).append(" been found!\n");
    } else if (error.isEmpty()) {
      text.append("Check complete, no warnings found.\n");
    }
    for (Warning warning : warnings) {
      text.append("\nWARNING: ").append(warning.rule()).append('\n');
      text.append(warning.message()).append('\n');
      text.append(warning.range().file()).append(':').append(warning.range().startLine());
      text.append('\n');
      excerpt(warning.range().startLine(), warning.range().endLine(), text);
    }
    error.ifPresent(
        e -> {
          text.append(warnings.isEmpty() ? "" : "\n").append("ERROR: ").append(e.getMessage());
          text.append('\n');
          e.location()
              .ifPresent(
                  at -> {
                    text.append(at).append('\n');
                    int last = at.line() + Math.max(1, at.snippet().size()) - 1;
                    excerpt(at.line(), last, text);
                  });
        });
    return text.toString();
  }

  private static String count(int warnings) {
    return warnings == 1 ? "1 warning has" : warnings + " warnings have";
  }

  private void excerpt(int first, int last, StringBuilder text) {
    text.append(RULER);
    int end = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    for (int n = Math.max(1, first - AROUND); n <= Math.min(end, last + AROUND); n++) {
      boolean meant = n >= first && n <= last;
      text.append(
          String.format("%4d | %s %s", n, meant ? ">>>" : "   ", lines[n - 1]).stripTrailing());
      text.append('\n');
    }
    text.append(RULER);
  }

  @Override
  public String outline(Outline outline) {
    StringBuilder text = new StringBuilder();
    text.append("TARGET:      ").append(outline.target().name()).append('\n');
    outline
        .target()
        .description()
        .ifPresent(d -> text.append("DESCRIPTION: ").append(d).append('\n'));
    List<List<String>> args = new ArrayList<>();
    for (Outline.Argument arg : outline.args()) {
      args.add(List.of(arg.name(), arg.value().orElse(""), arg.description().orElse("")));
    }
    table(List.of("BUILD ARG", "VALUE", "DESCRIPTION"), args, text);
    table(List.of("SECRET", "REQUIRED"), needed(outline.secrets()), text);
    table(List.of("SSH", "REQUIRED"), needed(outline.ssh()), text);
    table(
        List.of("CACHE"),
        outline.caches().stream().map(cache -> List.of(cache.id())).toList(),
        text);
    return text.toString();
  }

  private static List<List<String>> needed(List<Outline.Needed> needed) {
    return needed.stream().map(one -> List.of(one.id(), one.required() ? "true" : "")).toList();
  }

  @Override
  public String targets(List<Outline.Target> targets) {
    List<List<String>> rows = new ArrayList<>();
    for (Outline.Target target : targets) {
      String name = target.name() + (target.isDefault() ? " (default)" : "");
      rows.add(List.of(name, target.description().orElse("")));
    }
    StringBuilder text = new StringBuilder();
    table(List.of("TARGET", "DESCRIPTION"), rows, text);
    return text.toString();
  }

  /** Columns of one width each; nothing at all without rows. */
  private static void table(List<String> head, List<List<String>> rows, StringBuilder text) {
    if (rows.isEmpty()) {
      return;
    }
    text.append(text.length() == 0 ? "" : "\n");
    List<List<String>> all = new ArrayList<>(List.of(head));
    all.addAll(rows);
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = all.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        line.append(String.format("%-" + (width + 3) + "s", row.get(i)));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}
