package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the last shell does, inside the root and as the user: it sets the environment and execs the
 * command. It runs from the box of host tools, so the image needs no shell; and only after the
 * privileges are gone, so that whatever of the image is loaded on the way (the loader reads
 * /etc/ld.so.preload) can do no more than the command itself.
 */
final class InsideScript {
  /** The first line on standard error when the script runs. */
  static final String BEGUN = "kaniko-build: begun";

  /** Where a root of our own has the tools of the host. */
  static final String BOX = "/dev/.kaniko-build";

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Variables that some shell keeps for itself. */
  private static final Set<String> OF_THE_SHELL =
      Set.of(
          "_",
          "COMP_WORDBREAKS",
          "DIRSTACK",
          "EPOCHREALTIME",
          "EPOCHSECONDS",
          "EUID",
          "FUNCNAME",
          "GROUPS",
          "HISTCMD",
          "LINENO",
          "OPTIND",
          "POSIXLY_CORRECT",
          "PPID",
          "RANDOM",
          "SECONDS",
          "SHELLOPTS",
          "SRANDOM",
          "UID");

  private InsideScript() {}

  /**
   * @param box where the root has tools, as {@code box.sh} lays them out
   */
  static String of(RunRequest request, String box) {
    StringBuilder script = new StringBuilder();
    script.append("echo '").append(BEGUN).append("' >&2\nexec 2>&1\n");
    script.append("unset LC_ALL LIBMOUNT_FORCE_MOUNT2 SHLVL\n");
    script.append("cd -- ").append(quote(request.workingDirectory())).append(" 2>/dev/null || {\n");
    script
        .append("  echo ")
        .append(quote(missingDirectory(request.workingDirectory())))
        .append("\n  exit 127\n}\n");
    script.append("unset PATH PWD OLDPWD\n");
    boolean allPlain = request.environment().keySet().stream().allMatch(InsideScript::isPlain);
    Map<String, String> others = new LinkedHashMap<>();
    for (Map.Entry<String, String> variable : request.environment().entrySet()) {
      // The loader must not obey what is meant for the command's.
      boolean exported = allPlain || !variable.getKey().startsWith("LD_");
      if (exported && isPlain(variable.getKey())) {
        script.append("export ").append(variable.getKey()).append('=');
        script.append(quote(variable.getValue())).append('\n');
      } else {
        others.put(variable.getKey(), variable.getValue());
      }
    }
    script.append("exec");
    if (!others.isEmpty()) {
      // env takes any name, but for a moment shows the values among its arguments.
      script.append(' ').append(box).append("/lib/loader --library-path ");
      script.append(box).append("/lib ").append(box).append("/bin/env");
      others.forEach((name, value) -> script.append(' ').append(quote(name + "=" + value)));
    }
    request.argv().forEach(word -> script.append(' ').append(quote(word)));
    return script.append(" </dev/null\n").toString();
  }

  /** Whether the shell can export it, so that nobody sees its value. */
  static boolean isPlain(String name) {
    return IDENTIFIER.matcher(name).matches()
        && !OF_THE_SHELL.contains(name)
        && !name.startsWith("BASH");
  }

  private static String missingDirectory(String directory) {
    return "the working directory " + directory + " is not there or may not be entered";
  }

  static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
