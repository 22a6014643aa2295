package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code /proc/self/status} says of this process (proc(5)).
 *
 * @param uid effective user id
 * @param gid effective group id
 * @param effectiveCapabilities bit mask
 * @param noNewPrivileges whether setuid programs are without effect
 * @param seccomp whether a filter is on
 */
record ProcessStatus(
    int uid, int gid, long effectiveCapabilities, boolean noNewPrivileges, boolean seccomp) {
  private static final int CAP_SYS_ADMIN = 21;

  static ProcessStatus read() throws IOException {
    Map<String, String> fields = fields(Path.of("/proc/self/status"));
    return new ProcessStatus(
        effectiveId(fields.get("Uid")),
        effectiveId(fields.get("Gid")),
        Long.parseUnsignedLong(fields.get("CapEff"), 16),
        "1".equals(fields.get("NoNewPrivs")),
        "2".equals(fields.get("Seccomp")));
  }

  /** Such a file by its names. */
  static Map<String, String> fields(Path file) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int colon = line.indexOf(':');
      fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return fields;
  }

  boolean mayMount() {
    return (effectiveCapabilities >>> CAP_SYS_ADMIN & 1) == 1;
  }

  /** The second of "real effective saved file-system". */
  private static int effectiveId(String ids) {
    return Integer.parseUnsignedInt(ids.split("\\s+", -1)[1]);
  }
}
