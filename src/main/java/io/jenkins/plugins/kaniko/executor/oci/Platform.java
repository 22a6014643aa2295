package io.jenkins.plugins.kaniko.executor.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Operating system and processor, normalised the way containerd and BuildKit do, so that equal
 * platforms are equal records.
 *
 * @param os such as {@code linux}
 * @param architecture Go's name of it, such as {@code amd64}
 * @param variant such as {@code v7}; empty for the base variant of amd64 (v1) and arm64 (v8)
 */
public record Platform(String os, String architecture, Optional<String> variant) {
  private static final Pattern COMPONENT = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final Set<String> ARCHITECTURES =
      Set.of(
          "386",
          "amd64",
          "arm",
          "arm64",
          "loong64",
          "mips",
          "mips64",
          "mips64le",
          "mipsle",
          "ppc64",
          "ppc64le",
          "riscv64",
          "s390x",
          "wasm");
  private static final Set<String> SYSTEMS =
      Set.of(
          "linux", "windows", "darwin", "macos", "freebsd", "openbsd", "netbsd", "aix", "solaris",
          "js", "wasip1");

  public Platform {
    os = normaliseOs(os);
    String given = architecture.toLowerCase(Locale.ROOT);
    String wantedVariant = variant.map(v -> v.toLowerCase(Locale.ROOT)).orElse("");
    architecture =
        switch (given) {
          case "x86_64", "x86-64" -> "amd64";
          case "i386", "i486", "i586", "i686", "x86" -> "386";
          case "aarch64" -> "arm64";
          case "armhf", "armel" -> "arm";
          default -> given;
        };
    if (given.equals("armhf")) {
      wantedVariant = "v7";
    } else if (given.equals("armel")) {
      wantedVariant = "v6";
    }
    variant = normaliseVariant(architecture, wantedVariant);
  }

  /**
   * Reads {@code os/arch[/variant]}; a lone operating system or architecture is completed with this
   * machine's architecture or with {@code linux}.
   *
   * @throws IllegalArgumentException if the text has no such form
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    for (String part : parts) {
      if (parts.length > 3 || !COMPONENT.matcher(part).matches()) {
        throw new IllegalArgumentException(
            "'%s' is not a platform: it looks like linux/amd64 or linux/arm/v7".formatted(text));
      }
    }
    if (parts.length > 1) {
      return new Platform(
          parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
    }
    if (SYSTEMS.contains(text.toLowerCase(Locale.ROOT))) {
      return new Platform(text, current().architecture(), current().variant());
    }
    Platform platform = new Platform("linux", text, Optional.empty());
    if (!ARCHITECTURES.contains(platform.architecture())) {
      throw new IllegalArgumentException(
          "'%s' is not a platform: no operating system or architecture has that name; it looks like linux/amd64"
              .formatted(text));
    }
    return platform;
  }

  /** The platform that images built on this machine have: always Linux. */
  public static Platform current() {
    return new Platform("linux", System.getProperty("os.arch"), Optional.empty());
  }

  /**
   * Whether an image made for {@code other} runs here: same system and processor, same or an older
   * variant.
   */
  public boolean matches(Platform other) {
    return candidates().contains(other);
  }

  /** What runs on this platform, the best first. */
  List<Platform> candidates() {
    List<Platform> candidates = new ArrayList<>(List.of(this));
    int lowest =
        switch (architecture) {
          case "arm" -> 5;
          case "arm64" -> 8;
          case "amd64" -> 1;
          default -> Integer.MAX_VALUE;
        };
    int level = variant.filter(v -> v.matches("v\\d")).map(v -> v.charAt(1) - '0').orElse(0);
    for (int older = level - 1; older >= lowest; older--) {
      candidates.add(new Platform(os, architecture, Optional.of("v" + older)));
    }
    return candidates;
  }

  private static String normaliseOs(String os) {
    String lower = os.toLowerCase(Locale.ROOT);
    return lower.equals("macos") ? "darwin" : lower;
  }

  private static Optional<String> normaliseVariant(String architecture, String variant) {
    String named = variant.matches("\\d+") ? "v" + variant : variant;
    return switch (architecture) {
      case "amd64" -> Optional.of(named).filter(v -> !v.isEmpty() && !v.equals("v1"));
      case "arm64" ->
          Optional.of(named).filter(v -> !v.isEmpty() && !v.equals("v8") && !v.equals("v8.0"));
      case "arm" -> Optional.of(named.isEmpty() ? "v7" : named);
      default -> Optional.of(named).filter(v -> !v.isEmpty());
    };
  }

  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }

  // As of Digest.
  @Override
  public boolean equals(Object other) {
    return other instanceof Platform && toString().equals(other.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
