package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Explains why a rung was refused. Settings are read only here, after the fact: what counts is what
 * works.
 */
final class Diagnosis {
  private final ProcessStatus status;

  Diagnosis(ProcessStatus status) {
    this.status = status;
  }

  /** A program is not installed. */
  Refusal missing(Rung rung, String tool) {
    String debianPackage =
        switch (tool) {
          case "newuidmap", "newgidmap" -> "uidmap";
          case "sh" -> "dash";
          case "chroot", "env", "cp", "cat", "mkdir", "ln" -> "coreutils";
          case "hostname" -> "hostname";
          default -> "util-linux";
        };
    return new Refusal(
        rung, tool + " is not installed", "install it (apt-get install " + debianPackage + ")");
  }

  /** Only root makes namespaces without a user namespace. */
  Refusal notRoot(Rung rung) {
    return new Refusal(rung, "not root", "run the executor as root");
  }

  /** Another image has other things in its root, which would be deleted. */
  Refusal notOwnImage() {
    return new Refusal(
        Rung.IN_PLACE,
        "this is not a container of the executor's own image",
        "use that image, or another --isolation");
  }

  /** An agent lives in the root that would be emptied. */
  Refusal agent(String pid) {
    return new Refusal(
        Rung.IN_PLACE,
        "a Jenkins agent runs in this container (process " + pid + ")",
        "run the executor in a container of its own beside the agent's");
  }

  /** Sub-ids are not granted; the reason says where. */
  Refusal noSubIds(Rung rung, String reason) {
    String remedy =
        "grant them (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
            + System.getProperty("user.name")
            + ")";
    return new Refusal(rung, reason, remedy);
  }

  /** The real thing was tried and ended with these words. */
  Refusal failed(Rung rung, String words) {
    String said =
        words.isEmpty() ? "it ended without a word" : words.lines().findFirst().orElse(words);
    return new Refusal(rung, said, remedy(rung, said));
  }

  private String remedy(Rung rung, String said) {
    boolean mapped = rung.ids() != Rung.Ids.HOST;
    if (rung.hasNamespaces() && rung.ids() == Rung.Ids.HOST && !status.mayMount()) {
      return "give the container CAP_SYS_ADMIN (docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined)";
    }
    if (mapped && setting("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
      return "allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with"
          + " \"profile unshare /usr/bin/unshare flags=(unconfined) { userns, }\")";
    }
    if (mapped && setting("kernel/unprivileged_userns_clone").equals("0")) {
      return "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)";
    }
    if (mapped && setting("user/max_user_namespaces").equals("0")) {
      return "allow user namespaces (sysctl user.max_user_namespaces=10000)";
    }
    if (said.startsWith("new") && status.noNewPrivileges()) {
      return "let newuidmap gain its privilege (no_new_privs is set: allowPrivilegeEscalation: true)";
    }
    if (said.startsWith("newuidmap") || said.startsWith("newgidmap")) {
      return "give them file capabilities in place of the setuid bit (chmod u-s, setcap cap_setuid+ep"
          + " newuidmap, setcap cap_setgid+ep newgidmap)";
    }
    if (said.contains("/proc")) {
      return "unmask /proc (docker run --security-opt systempaths=unconfined, procMount: Unmasked in Kubernetes), or name --isolation shared-proc";
    }
    if (status.seccomp()) {
      return "lift the seccomp profile (docker run --security-opt seccomp=unconfined)"
          + (status.uid() == 0 && rung.hasNamespaces() ? ", or name --isolation chroot" : "");
    }
    return "look into this message, or use another isolation";
  }

  private static String setting(String name) {
    try {
      return Files.readString(Path.of("/proc/sys", name)).strip();
    } catch (IOException e) {
      // A kernel without this setting.
      return "";
    }
  }
}
