package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Build arguments that exist without an ARG instruction (Dockerfile reference, "Predefined ARGs").
 */
final class PredefinedArgs {
  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

  /** Names a frontend, as {@code # syntax=} does. */
  static final String SYNTAX = "BUILDKIT_SYNTAX";

  /** Says which checks count, as {@code # check=} does. */
  static final String CHECK = "BUILDKIT_DOCKERFILE_CHECK";

  /** The host name that commands see. */
  static final String HOSTNAME = "BUILDKIT_SANDBOX_HOSTNAME";

  /** Builds with different ones share no cache mount. */
  static final String CACHE_NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS";

  /** Keeps the {@code .git} directory of a repository that is the context. */
  static final String KEEP_GIT_DIR = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";

  /** What BuildKit reads and this builder does not, with the reason. */
  static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          "BUILDKIT_BUILD_NAME", "builds have no history to be named in",
          "BUILDKIT_GIT_ADVICE", "no git program runs",
          "BUILDKIT_MULTI_PLATFORM", "an image for one platform is built",
          "BUILDKIT_SBOM_SCAN_CONTEXT", "no bill of materials is made",
          "BUILDKIT_SBOM_SCAN_STAGE", "no bill of materials is made");

  private PredefinedArgs() {}

  /**
   * What to say of arguments that do nothing, unless they ask for nothing.
   *
   * @param cached whether the cache is on
   */
  static List<String> remarks(Map<String, String> given, boolean cached) {
    List<String> remarks = new ArrayList<>();
    if (!cached && CachePlaces.askForInline(given)) {
      remarks.add(
          "the build argument "
              + CachePlaces.INLINE_ARGUMENT
              + " puts nothing into the image, because the cache is off; give --cache");
    }
    given.forEach(
        (name, value) -> {
          if (WITHOUT_EFFECT.containsKey(name) && !List.of("", "0", "false").contains(value)) {
            remarks.add(
                "the build argument " + name + " has no effect: " + WITHOUT_EFFECT.get(name));
          }
        });
    return remarks;
  }

  /** A proxy setting, which reaches every command and leaves no trace in the image. */
  static boolean isProxy(String name) {
    return PROXIES.contains(name.toLowerCase(Locale.ROOT))
        && (name.equals(name.toLowerCase(Locale.ROOT))
            || name.equals(name.toUpperCase(Locale.ROOT)));
  }

  /** The platform arguments, which FROM sees and a stage may declare. */
  static Map<String, String> platform(Platform build, Platform target, String targetStage) {
    Map<String, String> args = new LinkedHashMap<>();
    args.put("BUILDPLATFORM", build.toString());
    args.put("BUILDOS", build.os());
    args.put("BUILDARCH", build.architecture());
    args.put("BUILDVARIANT", build.variant().orElse(""));
    args.put("TARGETPLATFORM", target.toString());
    args.put("TARGETOS", target.os());
    args.put("TARGETARCH", target.architecture());
    args.put("TARGETVARIANT", target.variant().orElse(""));
    args.put("TARGETSTAGE", targetStage);
    return args;
  }
}
