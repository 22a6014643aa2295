package io.jenkins.plugins.kaniko.executor.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The flags, with kaniko's names and the spellings of Go's pflag: {@code --flag value}, {@code
 * --flag=value}, {@code -f value}, {@code -f=value}, {@code -fvalue}, {@code --switch}, {@code
 * --switch=false}. A value may look like a flag, a single flag that is repeated takes the last
 * value.
 */
final class Flags {
  private static final List<String> TRUE = List.of("1", "t", "T", "true", "TRUE", "True");
  private static final List<String> FALSE = List.of("0", "f", "F", "false", "FALSE", "False");

  private Flags() {}

  static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("executor");
    spec.usageMessage(usage());
    // The class archive refuses picocli's classes if lambda expressions stand for them.
    for (List<OptionSpec> family :
        List.of(
            options(),
            LayerFlags.options(),
            RegistryFlags.options(),
            StoreFlags.options(),
            CachePlaceFlags.options(),
            ImageFlags.options(),
            KanikoFlags.accepted(),
            ends())) {
      for (OptionSpec option : family) {
        spec.addOption(option);
      }
    }
    return lenient(new CommandLine(spec));
  }

  /** Reads as pflag does. */
  static CommandLine lenient(CommandLine commandLine) {
    return commandLine
        // An argument that begins with @ would be replaced by the content of the file it names.
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setAllowOptionsAsOptionParameters(true);
  }

  private static List<OptionSpec> options() {
    return List.of(
        one(
            "DIR",
            "Build context: a directory, the address of a git repository, tar://FILE, tar://stdin,"
                + " https://HOST/FILE.tar.gz, s3://BUCKET/KEY or gs://BUCKET/NAME. Default:"
                + " /workspace/",
            "--context",
            "-c"),
        one("BUCKET", "Bucket of Google with the build context", "--bucket", "-b"),
        one("DIR", "Directory below the context to use in its place", "--context-sub-path"),
        one(
            "FILE",
            "Dockerfile, from the working directory, the context or an http or https address."
                + " Default: Dockerfile",
            "--dockerfile",
            "-f"),
        many("IMAGE", "Where to push; repeatable", "--destination", "-d"),
        many(
            "KEY[=VALUE]",
            "Value of an ARG; from the environment without =; repeatable",
            "--build-arg"),
        many(
            "OPTIONS",
            "For a git context: branch=NAME,recurse-submodules=BOOL,insecure-skip-tls=BOOL",
            "--git"),
        many(
            "NAME=SOURCE",
            "Files or image for FROM NAME and --from=NAME: a directory, docker-image://IMAGE,"
                + " oci-layout://DIR[:TAG], a git repository or a tar; repeatable",
            "--build-context"),
        one("STAGE", "Stage to build. Default: the last", "--target"),
        many("KEY=VALUE", "Label of the image; repeatable", "--label"),
        one("METHOD", "check, outline or targets[,format=json]: tell, do not build", "--call"),
        flag("Tell which steps would be built, do not build", "--dryrun"),
        flag("Reuse no step of an earlier build", "--no-cache"),
        many("STAGE", "Stages that reuse no step; repeatable", "--no-cache-filter"),
        many("NAME", "Grant security.insecure or network.host; repeatable", "--allow"),
        one(
            "OS/ARCH",
            "Platform to build for. Default: this machine's",
            "--custom-platform",
            "--customPlatform"),
        flag("Build only", "--no-push"),
        one("FILE", "Write a docker-save archive", "--tar-path", "--tarPath"),
        one("DIR", "Write an OCI image layout", "--oci-layout-path"),
        one(
            "FILE",
            "Write the digest of the image, or put it to an https address",
            "--digest-file"),
        one("FILE", "Write repository@digest per destination", "--image-name-with-digest-file"),
        one(
            "FILE",
            "Write repository:tag@digest per destination",
            "--image-name-tag-with-digest-file"),
        one("FILE", "Write a description of the result as JSON", "--metadata-file"),
        flag("Push over plain HTTP", "--insecure"),
        flag("Pull over plain HTTP", "--insecure-pull"),
        many("HOST", "Registry to use over plain HTTP; repeatable", "--insecure-registry"),
        flag("Push without verifying TLS certificates", "--skip-tls-verify"),
        flag("Pull without verifying TLS certificates", "--skip-tls-verify-pull"),
        many(
            "HOST",
            "Registry whose TLS certificate is not verified; repeatable",
            "--skip-tls-verify-registry"),
        one(
            "DIR",
            "Working directory. Default: $KANIKO_DIR, or /kaniko if writable",
            "--kaniko-dir"),
        one(
            "DIR",
            "Content store. Default: kaniko-build in $XDG_CACHE_HOME or ~/.cache",
            "--store-dir"),
        many("PATH", "Path in the image that no layer records; repeatable", "--ignore-path"),
        many("SPEC", "Secret for RUN: id=ID,src=FILE or id=ID,env=NAME; repeatable", "--secret"),
        many("SPEC", "Agent for RUN: default or ID=SOCKET or ID=KEY; repeatable", "--ssh"),
        many("NAME:IP", "Line of /etc/hosts for RUN; repeatable", "--add-host"),
        one("SIZE", "Size of /dev/shm for RUN. Default: 64m", "--shm-size"),
        flag("Reuse what earlier builds made", "--cache"),
        one(
            "DIR",
            "Where executor warmer has put layers of base images. Default: /cache, with --cache",
            "--cache-dir"),
        one(
            "REPOSITORY",
            "Cache shared by machines: a repository, oci:DIR, or local for none. Default: the first"
                + " destination's repository and /cache",
            "--cache-repo"),
        one("DURATION", "Age at which a step is no longer reused. Default: 336h", "--cache-ttl"),
        flag("Put layers of COPY and ADD into the shared cache, too", "--cache-copy-layers"),
        flag("Keep and reuse layers of RUN. Default: true", "--cache-run-layers"),
        flag(
            "Read the shared cache, but write nothing to it",
            "--no-push-cache",
            "--cache-readonly"),
        one(
            "NAME",
            "Builds with different names share no cache mount. Default: default",
            "--cache-mount-namespace"),
        one("NUMBER", "Stages to build at once. Default: the number of processors", "--jobs"),
        one("RUNG", "Sandbox for RUN. Default: auto, the best that works", "--isolation"),
        one(
            "LEVEL",
            "trace, debug, info, warn, error, fatal or panic. Default: info",
            "--verbosity",
            "-v"),
        one("FORMAT", "text, color or json. Default: color on a terminal", "--log-format"),
        flag("Put the time before every line", "--log-timestamp"));
  }

  private static List<OptionSpec> ends() {
    return List.of(flag("Show this help", "--help", "-h"), flag("Show the version", "--version"));
  }

  static OptionSpec one(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec many(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0..1")
        .fallbackValue("true")
        .paramLabel("BOOL")
        .converters(new GoBoolean())
        .description(description)
        .build();
  }

  /** As Go's {@code strconv.ParseBool}. */
  static boolean toBoolean(String value) {
    if (TRUE.contains(value) || FALSE.contains(value)) {
      return TRUE.contains(value);
    }
    throw new CommandLine.TypeConversionException("\"" + value + "\" is neither true nor false");
  }

  private static final class GoBoolean implements CommandLine.ITypeConverter<Boolean> {
    @Override
    public Boolean convert(String value) {
      return toBoolean(value);
    }
  }

  private static UsageMessageSpec usage() {
    Map<String, String> codes = new LinkedHashMap<>();
    Arrays.stream(ExitCode.values())
        .forEach(code -> codes.put(Integer.toString(code.value()), code.meaning()));
    return new UsageMessageSpec()
        .description("Builds a container image from a Dockerfile, without a daemon, and pushes it.")
        .customSynopsis("executor --context DIR --destination IMAGE [flags]")
        .sortOptions(false)
        .width(100)
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(codes);
  }
}
