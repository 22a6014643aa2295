package io.jenkins.plugins.kaniko.executor.sandbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a path at or below /proc means to the thread that names it, and what it may do there.
 *
 * @param real the same in the /proc of this container, with the numbers of process and thread for
 *     {@code self} and {@code thread-self}
 * @param use what it may do there
 * @param process whose it is, when it is about a process; 0 otherwise
 * @param link what the symbolic link says that it is, when that depends on who asks; null otherwise
 */
record ProcPath(String real, Use use, long process, String link) {
  /** What may be done with a path. */
  enum Use {
    /** List or read it. */
    READ,
    /** Read and write it, as far as the kernel lets its user. */
    WRITE,
    /** Ask what it is and where it leads, but not go there: it may lead out of the root. */
    LOOK,
    /** Read a table of mounts in the form of fstab(5). */
    MOUNTS,
    /** Read a table of mounts in the form of mountinfo. */
    MOUNTINFO,
    /** Nothing. */
    REFUSED
  }

  private static final Map<String, String> STREAMS =
      Map.of("stdin", "0", "stdout", "1", "stderr", "2");

  /** Of a process and of its threads. What tells of its memory, as environ, is for its own user. */
  private static final Set<String> READABLE =
      Set.of(
          "arch_status",
          "auxv",
          "cgroup",
          "children",
          "cmdline",
          "cpuset",
          "environ",
          "exe",
          "gid_map",
          "io",
          "latency",
          "limits",
          "maps",
          "numa_maps",
          "oom_score",
          "personality",
          "sched",
          "schedstat",
          "sessionid",
          "setgroups",
          "smaps",
          "smaps_rollup",
          "stack",
          "stat",
          "statm",
          "status",
          "syscall",
          "uid_map",
          "wchan");

  private static final Set<String> WRITABLE =
      Set.of("comm", "coredump_filter", "loginuid", "oom_adj", "oom_score_adj", "timerslack_ns");

  /**
   * The names of an absolute path, beginning with {@code proc}; empty when it leads elsewhere. The
   * links of a root's /dev that lead to /proc are followed.
   *
   * @param follow whether a link at its end is followed
   */
  static Optional<List<String>> names(String path, boolean follow) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/", -1)) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    List<String> all = new ArrayList<>(names);
    if (all.size() > 1 && all.get(0).equals("dev") && (follow || all.size() > 2)) {
      if (all.get(1).equals("fd")) {
        all.set(0, "proc");
        all.add(1, "self");
      } else if (all.size() == 2 && STREAMS.containsKey(all.get(1))) {
        all = List.of("proc", "self", "fd", STREAMS.get(all.get(1)));
      }
    }
    boolean here = path.startsWith("/") && !all.isEmpty() && all.get(0).equals("proc");
    return here ? Optional.of(List.copyOf(all)) : Optional.empty();
  }

  /**
   * @param names as of {@link #names}
   * @param process the number of the process that names it
   * @param thread the number of its thread that does
   */
  static ProcPath of(List<String> names, boolean follow, long process, long thread) {
    List<String> rest = new ArrayList<>(names.subList(1, names.size()));
    String head = rest.isEmpty() ? "" : rest.get(0);
    boolean resolve = follow || rest.size() > 1;
    String own = Long.toString(process);
    if (head.equals("self")) {
      rest.set(0, own);
      if (!resolve) {
        return new ProcPath("/proc/self", Use.LOOK, 0, own);
      }
    } else if (head.equals("thread-self")) {
      rest.set(0, own);
      rest.addAll(1, List.of("task", Long.toString(thread)));
      if (!resolve) {
        return new ProcPath("/proc/thread-self", Use.LOOK, 0, String.join("/", rest));
      }
    } else if (resolve && (head.equals("mounts") || head.equals("net"))) {
      rest.add(0, own);
    }
    String real = "/proc" + (rest.isEmpty() ? "" : "/" + String.join("/", rest));
    if (rest.isEmpty() || !rest.get(0).matches("[1-9][0-9]{0,9}")) {
      return new ProcPath(real, Use.READ, 0, null);
    }
    Use use = useOf(rest.subList(1, rest.size()), false);
    return new ProcPath(real, use, Long.parseLong(rest.get(0)), null);
  }

  private static Use useOf(List<String> names, boolean ofThread) {
    if (names.isEmpty()) {
      return Use.READ;
    }
    String head = names.get(0);
    if (names.size() == 1) {
      return switch (head) {
        case "mounts" -> Use.MOUNTS;
        case "mountinfo" -> Use.MOUNTINFO;
        case "cwd", "root" -> Use.LOOK;
        case "fd", "fdinfo", "net", "ns", "task" -> Use.READ;
        default ->
            READABLE.contains(head) ? Use.READ : WRITABLE.contains(head) ? Use.WRITE : Use.REFUSED;
      };
    }
    if (head.equals("task") && !ofThread) {
      return useOf(names.subList(2, names.size()), true);
    }
    if (head.equals("net")) {
      return Use.READ;
    }
    if (names.size() > 2) {
      return Use.REFUSED;
    }
    return switch (head) {
      case "fd" -> Use.WRITE;
      case "fdinfo" -> Use.READ;
      case "ns" -> Use.LOOK;
      default -> Use.REFUSED;
    };
  }
}
