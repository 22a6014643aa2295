package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A {@link RootMount} as the words that {@code run.sh} takes. */
final class RootWords {
  private RootWords() {}

  /** Kind, source, options. */
  static List<String> of(RootMount root, Rung rung) throws IOException {
    if (root instanceof RootMount.Overlay overlay) {
      return List.of("overlay", overlay.linkDir().toString(), overlayOptions(overlay));
    }
    RootMount.Directory directory = (RootMount.Directory) root;
    return List.of("directory", directory.root().toString(), directoryOptions(directory, rung));
  }

  private static String overlayOptions(RootMount.Overlay overlay) throws IOException {
    List<String> names = new ArrayList<>(overlay.lowers());
    String upper = overlay.linkDir().relativize(overlay.upper()).toString();
    String work = overlay.linkDir().relativize(overlay.work()).toString();
    names.add(upper);
    names.add(work);
    for (String name : names) {
      if (name.chars().anyMatch(c -> ",:\\\"\n".indexOf(c) >= 0)) {
        throw new IOException(
            "the directory name " + name + " holds a character that mount options cannot carry");
      }
    }
    return "userxattr,nodev,lowerdir="
        + String.join(":", overlay.lowers())
        + ",upperdir="
        + upper
        + ",workdir="
        + work;
  }

  private static String directoryOptions(RootMount.Directory directory, Rung rung)
      throws IOException {
    Set<String> options = new LinkedHashSet<>();
    if (rung.ids() != Rung.Ids.HOST) {
      options.addAll(MountFlags.of(directory.root()));
    }
    options.add("nodev");
    return String.join(",", options);
  }
}
