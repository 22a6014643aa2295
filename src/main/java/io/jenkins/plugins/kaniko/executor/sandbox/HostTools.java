package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Finds and runs programs of the host, with an environment that no image and no job has a say in.
 */
final class HostTools {
  private static final String PATH = searchPath();

  private static final List<String> FOR_NAMESPACES =
      List.of(
          "sh",
          "unshare",
          "mount",
          "umount",
          "pivot_root",
          "setpriv",
          "setsid",
          "chroot",
          "env",
          "cp",
          "cat",
          "mkdir",
          "ln",
          "hostname");
  private static final List<String> FOR_SUB_IDS = List.of("newuidmap", "newgidmap");
  private static final List<String> FOR_CHROOT =
      List.of(
          "sh",
          "setpriv",
          "setsid",
          "chroot",
          "env",
          "mount",
          "umount",
          "cp",
          "mkdir",
          "ln",
          "mknod",
          "readlink",
          "rm");

  private static final List<String> FOR_PLACE =
      List.of("sh", "setpriv", "setsid", "chroot", "env", "rm");

  private HostTools() {}

  /** The first program that a rung needs and the host does not have, or null. */
  static String firstMissing(Rung rung) {
    List<String> tools = new ArrayList<>(programs(rung));
    if (rung.ids() == Rung.Ids.SUB_IDS) {
      tools.addAll(FOR_SUB_IDS);
    }
    for (String tool : tools) {
      if (find(tool) == null) {
        return tool;
      }
    }
    return null;
  }

  private static List<String> programs(Rung rung) {
    return switch (rung) {
      case CHROOT -> FOR_CHROOT;
      case IN_PLACE -> FOR_PLACE;
      default -> FOR_NAMESPACES;
    };
  }

  /** Replaces an environment by the little that the host's programs need. */
  static void cleanEnvironment(Map<String, String> environment) {
    environment.clear();
    environment.put("PATH", PATH);
    environment.put("LC_ALL", "C");
    // The newer mount calls limit each option to 256 bytes, too few for the lower directories of an
    // overlay.
    environment.put("LIBMOUNT_FORCE_MOUNT2", "always");
  }

  /** Runs a program to its end, without input. */
  static Outcome run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    cleanEnvironment(builder.environment());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return outcome(process, process.getInputStream());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits for the end of a process whose trouble comes over the given stream. */
  static Outcome outcome(Process process, InputStream trouble)
      throws IOException, InterruptedException {
    String output = new String(trouble.readAllBytes(), StandardCharsets.UTF_8).strip();
    return new Outcome(process.waitFor(), output);
  }

  private static Path find(String tool) {
    for (String directory : PATH.split(":", -1)) {
      Path file = Path.of(directory, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    return null;
  }

  private static String searchPath() {
    if (OwnImage.isHere()) {
      // All else belongs to the image that is built.
      return OwnImage.HOME.resolve("bin").toString();
    }
    String standard = "/usr/sbin:/usr/bin:/sbin:/bin";
    String own = System.getenv("PATH");
    return own == null || own.isEmpty() ? standard : standard + ":" + own;
  }

  /**
   * How a program ended.
   *
   * @param exitCode 0 for success
   * @param output what it wrote
   */
  record Outcome(int exitCode, String output) {}
}
