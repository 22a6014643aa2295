package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Build arguments that exist without an ARG instruction (Dockerfile reference, "Predefined ARGs").
 */
final class PredefinedArgs {
  private static final Set<String> PROXIES =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

  private PredefinedArgs() {}

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
