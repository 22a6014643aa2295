package io.jenkins.plugins.kaniko.executor.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The profile of Debian's golang-github-containers-common in the format of the runtime-spec; and
 * Docker's, which is the same but for the calls that make namespaces and mounts: Docker's
 * documentation lists them as those that need CAP_SYS_ADMIN.
 */
final class SeccompProfile {
  private static final Path FILE = Path.of("/usr/share/containers/seccomp.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> FOR_SYS_ADMIN =
      Set.of(
          "bpf",
          "fanotify_init",
          "fsconfig",
          "fsmount",
          "fsopen",
          "fspick",
          "lookup_dcookie",
          "mount",
          "mount_setattr",
          "move_mount",
          "open_tree",
          "perf_event_open",
          "pivot_root",
          "quotactl",
          "setdomainname",
          "sethostname",
          "setns",
          "syslog",
          "umount",
          "umount2",
          "unshare");

  /** CLONE_NEW* of clone(2), all of them. */
  private static final long NEW_NAMESPACES = 0x7E020000L;

  private SeccompProfile() {}

  static ObjectNode of(boolean docker, List<String> capabilities) throws IOException {
    JsonNode source = JSON.readTree(FILE.toFile());
    boolean strict = docker && !capabilities.contains("CAP_SYS_ADMIN");
    ObjectNode profile = JSON.createObjectNode();
    profile.put("defaultAction", source.get("defaultAction").asText());
    profile.put("defaultErrnoRet", source.get("defaultErrnoRet").asInt());
    ArrayNode architectures = profile.putArray("architectures");
    architectures.add(
        System.getProperty("os.arch").equals("aarch64") ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64");
    ArrayNode rules = profile.putArray("syscalls");
    for (JsonNode rule : source.get("syscalls")) {
      if (applies(rule, capabilities)) {
        add(rules, rule, strict);
      }
    }
    if (strict) {
      ObjectNode clone = rules.addObject().put("action", "SCMP_ACT_ALLOW");
      clone.putArray("names").add("clone");
      clone
          .putArray("args")
          .addObject()
          .put("index", 0)
          .put("value", NEW_NAMESPACES)
          .put("valueTwo", 0)
          .put("op", "SCMP_CMP_MASKED_EQ");
      ObjectNode refused = rules.addObject().put("action", "SCMP_ACT_ERRNO").put("errnoRet", 1);
      FOR_SYS_ADMIN.forEach(refused.putArray("names")::add);
    }
    return profile;
  }

  private static boolean applies(JsonNode rule, List<String> capabilities) {
    for (JsonNode capability : rule.path("includes").path("caps")) {
      if (!capabilities.contains(capability.asText())) {
        return false;
      }
    }
    for (JsonNode capability : rule.path("excludes").path("caps")) {
      if (capabilities.contains(capability.asText())) {
        return false;
      }
    }
    JsonNode architectures = rule.path("includes").path("arches");
    String own = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    boolean here = architectures.isEmpty();
    for (JsonNode architecture : architectures) {
      here |= architecture.asText().equals(own);
    }
    return here;
  }

  private static void add(ArrayNode rules, JsonNode rule, boolean strict) {
    ObjectNode copy = JSON.createObjectNode();
    ArrayNode names = copy.putArray("names");
    for (JsonNode name : rule.get("names")) {
      String call = name.asText();
      if (!strict
          || (!FOR_SYS_ADMIN.contains(call) && !call.equals("clone") && !call.equals("clone3"))) {
        names.add(call);
      }
    }
    if (names.isEmpty()) {
      return;
    }
    copy.put("action", rule.get("action").asText());
    if (rule.hasNonNull("errnoRet")) {
      copy.put("errnoRet", rule.get("errnoRet").asInt());
    }
    if (rule.hasNonNull("args") && !rule.get("args").isEmpty()) {
      copy.set("args", rule.get("args"));
    }
    rules.add(copy);
  }
}
