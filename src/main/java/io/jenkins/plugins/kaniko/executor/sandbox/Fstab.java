package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lists of mounts in the format of fstab(5), because one call of mount(8) then does them all.
 * Everything but the device nodes is {@code nodev}.
 */
final class Fstab {
  /** As runc has them by default ({@code readonlyPaths}). */
  private static final List<String> READ_ONLY = List.of("bus", "fs", "irq", "sys", "sysrq-trigger");

  /** As runc and Docker have them by default ({@code maskedPaths}). */
  private static final List<String> MASKED =
      List.of(
          "acpi",
          "asound",
          "interrupts",
          "kcore",
          "keys",
          "latency_stats",
          "sched_debug",
          "scsi",
          "timer_list",
          "timer_stats");

  private static final List<String> NODES =
      List.of("null", "zero", "full", "random", "urandom", "tty");

  private final StringBuilder text = new StringBuilder();

  Fstab() {}

  /** /proc, /sys and an empty /dev, for the root that lies in a workshop. */
  static String system(Path workshop, Rung rung) throws IOException {
    Path root = workshop.resolve("root");
    Path proc = root.resolve("proc");
    Fstab fstab = new Fstab();
    if (rung.ownProc()) {
      fstab.add("proc", proc, "proc", "nosuid,nodev,noexec");
    } else {
      fstab.add("/proc", proc, "none", "rbind");
    }
    for (String name : READ_ONLY) {
      if (Files.exists(Path.of("/proc", name))) {
        String entry = proc.resolve(name).toString();
        List<Path> inside =
            rung.ownProc() ? List.of() : MountFlags.pointsBelow(Path.of("/proc", name));
        String bind = inside.isEmpty() ? "bind" : "rbind";
        fstab.add(entry, Path.of(entry), "none", bind + ",ro,nosuid,nodev,noexec");
        for (Path point : inside) {
          Path covered = proc.resolve(Path.of("/proc").relativize(point));
          fstab.add("covered", covered, "tmpfs", "ro,nosuid,nodev,noexec");
        }
      }
    }
    for (String name : MASKED) {
      if (Files.isDirectory(Path.of("/proc", name))) {
        fstab.add("masked", proc.resolve(name), "tmpfs", "ro,nosuid,nodev,noexec");
      } else if (Files.exists(Path.of("/proc", name))) {
        fstab.add("/dev/null", proc.resolve(name), "none", "bind,ro,nosuid,noexec");
      }
    }
    fstab.add(workshop.resolve("sys").toString(), root.resolve("sys"), "none", "rbind");
    fstab.add("dev", root.resolve("dev"), "tmpfs", "mode=0755,size=65536k,nosuid,nodev");
    return fstab.toString();
  }

  /** What lies in /dev. */
  static String devices(Path workshop, Rung rung) {
    Path dev = workshop.resolve("root").resolve("dev");
    Fstab fstab = new Fstab();
    for (String node : NODES) {
      // Read-only does not hinder writing to a device, but keeps root of a command from changing
      // the mode of the host's node.
      fstab.add("/dev/" + node, dev.resolve(node), "none", "bind,ro,nosuid,noexec");
    }
    return fstab
        .add(
            "devpts",
            dev.resolve("pts"),
            "devpts",
            "newinstance,ptmxmode=0666,mode=0620,"
                + (rung.ids() == Rung.Ids.ONE ? "" : "gid=5,")
                + "nosuid,noexec")
        .add("shm", dev.resolve("shm"), "tmpfs", "mode=1777,size=65536k,nosuid,nodev,noexec")
        .add("mqueue", dev.resolve("mqueue"), "mqueue", "nosuid,nodev,noexec")
        .add(
            workshop.resolve("box").toString(),
            dev.resolve(".kaniko-build"),
            "none",
            "bind,ro,nosuid,nodev")
        .toString();
  }

  Fstab add(String source, Path target, String type, String options) {
    text.append(escape(source)).append(' ').append(escape(target.toString())).append(' ');
    text.append(type).append(' ').append(options).append(" 0 0\n");
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /** Mountinfo and fstab write some characters in octal. */
  static String escape(String word) {
    return word.replace("\\", "\\134")
        .replace(" ", "\\040")
        .replace("\t", "\\011")
        .replace("\n", "\\012")
        .replace("#", "\\043");
  }
}
