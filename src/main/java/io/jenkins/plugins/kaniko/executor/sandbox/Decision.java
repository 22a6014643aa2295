package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which rung is taken, and why not a higher one.
 *
 * @param rung the rung taken
 * @param refusals the higher rungs that were tried, from the top
 */
public record Decision(Rung rung, List<Refusal> refusals) {
  /** Copies the list. */
  public Decision {
    refusals = List.copyOf(refusals);
  }

  /**
   * One line for the log, such as {@code sandbox: sub-id user namespace (namespaces as root
   * refused: not root)}.
   */
  public String report() {
    String because = refusals.stream().map(Refusal::toString).collect(Collectors.joining("; "));
    return "sandbox: " + rung.title() + (because.isEmpty() ? "" : " (" + because + ")");
  }

  /** What those who build have to know of a rung that promises less; see docs/sandbox.md. */
  public Optional<String> warning() {
    return switch (rung) {
      case ONE ->
          Optional.of(
              "every file and process of this build has to belong to root, because there is one id"
                  + " only: install newuidmap (apt-get install uidmap) and grant sub-ids for more");
      case SHARED_SUBID, SHARED_FULL, SHARED_ONE ->
          Optional.of("RUN can see the processes of this container and their command lines");
      case CHROOT ->
          Optional.of(
              "RUN can read and kill everything in this container, because a chroot is no sandbox");
      case IN_PLACE ->
          Optional.of(
              "RUN can read and kill everything in this container, because the build is done in"
                  + " place and has no sandbox");
      default -> Optional.empty();
    };
  }

  /** The sentence for a command that cannot run, with every remedy. */
  public String whyNoCommandRuns() {
    if (refusals.isEmpty()) {
      return "tried to run a command, but no isolation was asked for; try --isolation auto";
    }
    return "tried to run a command, but no sandbox can be had here: "
        + refusals.stream().map(Refusal::toString).collect(Collectors.joining("; "))
        + "; try to "
        + refusals.stream().map(Refusal::remedy).collect(Collectors.joining(", or to "));
  }

  /** For the environment of the executor inside; {@link #parse} reads it. */
  String format() {
    StringBuilder text = new StringBuilder(rung.name());
    for (Refusal refusal : refusals) {
      text.append('\n').append(refusal.rung().name());
      text.append('\t')
          .append(oneLine(refusal.reason()))
          .append('\t')
          .append(oneLine(refusal.remedy()));
    }
    return text.toString();
  }

  static Decision parse(String text) {
    String[] lines = text.split("\n", -1);
    List<Refusal> refusals = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      String[] fields = lines[i].split("\t", -1);
      refusals.add(new Refusal(Rung.valueOf(fields[0]), fields[1], fields[2]));
    }
    return new Decision(Rung.valueOf(lines[0]), refusals);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
