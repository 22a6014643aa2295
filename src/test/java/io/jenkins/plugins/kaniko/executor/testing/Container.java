package io.jenkins.plugins.kaniko.executor.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A container as an engine starts it, made by runc over this machine's own programs (read-only) and
 * its {@code /tmp}: what differs from this machine is what the engine takes away.
 *
 * @param root where the bundle lies; deleted by {@link #close}
 * @param seccomp which filter
 * @param systemAdministrator whether CAP_SYS_ADMIN is added to Docker's default capabilities
 * @param masked whether /proc is masked
 * @param noNewPrivileges whether setuid programs are without effect
 * @param userNamespace whether root of it is an ordinary id outside
 * @param user who runs in it
 * @param binds host files by the places where they are shown
 */
public record Container(
    Path root,
    Seccomp seccomp,
    boolean systemAdministrator,
    boolean masked,
    boolean noNewPrivileges,
    boolean userNamespace,
    TestUser user,
    Map<Path, String> binds)
    implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A filter of system calls. */
  public enum Seccomp {
    /** Docker's and containerd's: namespaces and mounts are for CAP_SYS_ADMIN. */
    DOCKER,
    /** Podman's: namespaces and mounts are for everybody. */
    PODMAN,
    /** None. */
    UNCONFINED
  }

  /** As {@code docker run} has it by default. */
  public static Container docker(TestUser user) throws IOException {
    Path root = Files.createTempDirectory("kaniko-build-container");
    return new Container(root, Seccomp.DOCKER, false, true, false, false, user, Map.of());
  }

  /** {@code --security-opt seccomp=...}. */
  public Container with(Seccomp filter) {
    return new Container(
        root, filter, systemAdministrator, masked, noNewPrivileges, userNamespace, user, binds);
  }

  /** {@code --cap-add SYS_ADMIN}. */
  public Container withSystemAdministrator() {
    return new Container(root, seccomp, true, masked, noNewPrivileges, userNamespace, user, binds);
  }

  /** {@code --security-opt systempaths=unconfined}. */
  public Container unmasked() {
    return new Container(
        root, seccomp, systemAdministrator, false, noNewPrivileges, userNamespace, user, binds);
  }

  /** {@code --security-opt no-new-privileges}. */
  public Container withoutNewPrivileges() {
    return new Container(
        root, seccomp, systemAdministrator, masked, true, userNamespace, user, binds);
  }

  /** {@code hostUsers: false}. */
  public Container inUserNamespace() {
    return new Container(
        root, seccomp, systemAdministrator, masked, noNewPrivileges, true, user, binds);
  }

  /** Shows a file of the machine at a place of its own. */
  public Container bind(Map<Path, String> more) {
    return new Container(
        root,
        seccomp,
        systemAdministrator,
        masked,
        noNewPrivileges,
        userNamespace,
        user,
        Map.copyOf(more));
  }

  /** The command that runs these words in the container. */
  public List<String> command(List<String> words) throws IOException {
    Path bundle = Files.createTempDirectory(root, "bundle");
    Path rootfs = Files.createDirectory(bundle.resolve("rootfs"));
    for (Path path : List.of(root, bundle, rootfs)) {
      Files.setAttribute(path, "unix:mode", 0755);
    }
    for (String link : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createSymbolicLink(rootfs.resolve(link), Path.of("usr", link));
    }
    for (String name :
        List.of("usr", "etc", "var", "opt", "home", "root", "run", "tmp", "proc", "sys", "dev")) {
      Files.createDirectory(rootfs.resolve(name));
    }
    JSON.writeValue(bundle.resolve("config.json").toFile(), configuration(words));
    return List.of(
        "runc",
        "--root",
        root.resolve("state").toString(),
        "run",
        "--bundle",
        bundle.toString(),
        root.getFileName() + "-" + bundle.getFileName());
  }

  @Override
  public void close() {
    TestUsers.delete(root);
  }

  ObjectNode configuration(List<String> words) throws IOException {
    ObjectNode config = JSON.createObjectNode();
    config.put("ociVersion", "1.0.2").put("hostname", "container");
    config.putObject("root").put("path", "rootfs").put("readonly", false);
    ObjectNode process = config.putObject("process");
    process.put("cwd", "/tmp").put("noNewPrivileges", noNewPrivileges);
    process.putObject("user").put("uid", user.uid()).put("gid", user.gid());
    words.forEach(process.putArray("args")::add);
    process
        .putArray("env")
        .add("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .add("LC_ALL=C.UTF-8")
        .add("HOME=/tmp");
    ObjectNode sets = process.putObject("capabilities");
    for (String set : List.of("bounding", "effective", "permitted")) {
      ArrayNode names = sets.putArray(set);
      if (set.equals("bounding") || user.uid() == 0) {
        capabilities().forEach(names::add);
      }
    }
    mounts(config.putArray("mounts"));
    ObjectNode linux = config.putObject("linux");
    ArrayNode namespaces = linux.putArray("namespaces");
    for (String type : List.of("pid", "network", "ipc", "uts", "mount")) {
      namespaces.addObject().put("type", type);
    }
    if (userNamespace) {
      namespaces.addObject().put("type", "user");
      for (String map : List.of("uidMappings", "gidMappings")) {
        linux
            .putArray(map)
            .addObject()
            .put("containerID", 0)
            .put("hostID", 200000)
            .put("size", 65536);
      }
    }
    if (masked) {
      ArrayNode paths = linux.putArray("maskedPaths");
      for (String name :
          List.of(
              "acpi",
              "asound",
              "kcore",
              "keys",
              "latency_stats",
              "timer_list",
              "timer_stats",
              "sched_debug",
              "scsi")) {
        paths.add("/proc/" + name);
      }
      paths.add("/sys/firmware");
      ArrayNode readOnly = linux.putArray("readonlyPaths");
      for (String name : List.of("bus", "fs", "irq", "sys", "sysrq-trigger")) {
        readOnly.add("/proc/" + name);
      }
    }
    if (seccomp != Seccomp.UNCONFINED) {
      linux.set("seccomp", SeccompProfile.of(seccomp == Seccomp.DOCKER, capabilities()));
    }
    return config;
  }

  private List<String> capabilities() {
    List<String> names = new ArrayList<>();
    for (String name :
        "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
            .split(" ", -1)) {
      names.add("CAP_" + name);
    }
    if (systemAdministrator) {
      names.add("CAP_SYS_ADMIN");
    }
    return names;
  }

  private void mounts(ArrayNode mounts) {
    mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
    mount(
        mounts,
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620");
    mount(mounts, "/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777");
    mount(mounts, "/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    mount(mounts, "/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    for (String name : List.of("/usr", "/etc", "/var", "/opt")) {
      mount(mounts, name, "bind", name, "rbind", "ro");
    }
    // Not what is mounted below: the bundle is there, and its root with an unmasked /proc.
    mount(mounts, "/tmp", "bind", "/tmp", "bind", "rw");
    binds.forEach(
        (source, target) -> mount(mounts, target, "bind", source.toString(), "rbind", "rw"));
  }

  static void mount(
      ArrayNode mounts, String target, String type, String source, String... options) {
    ObjectNode mount = mounts.addObject();
    mount.put("destination", target).put("type", type).put("source", source);
    ArrayNode list = mount.putArray("options");
    for (String option : options) {
      list.add(option);
    }
  }
}
