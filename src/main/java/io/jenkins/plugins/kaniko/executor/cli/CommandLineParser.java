package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.Call;
import io.jenkins.plugins.kaniko.executor.build.RegistryScope;
import io.jenkins.plugins.kaniko.executor.build.RunOptions;
import io.jenkins.plugins.kaniko.executor.build.SourceOptions;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns arguments and environment into an {@link Invocation}, or says why they cannot be used. */
final class CommandLineParser {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.*)");

  /** Stands for a context that has yet to be fetched. */
  private static final Path NO_DIRECTORY = Path.of("/dev/null/context");

  private static final Path DEFAULT_CACHE_DIR = Path.of("/cache");
  private static final Path DEFAULT_KANIKO_DIR = Path.of("/kaniko");

  private final Map<String, String> environment;
  private final ParseResult flags;

  private CommandLineParser(Map<String, String> environment, ParseResult flags) {
    this.environment = environment;
    this.flags = flags;
  }

  static Invocation parse(List<String> args, Map<String, String> environment)
      throws UsageException {
    CommandLine commandLine = Flags.commandLine();
    ParseResult flags;
    try {
      flags = commandLine.parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      throw UsageProblem.of(e, args);
    }
    CommandLineParser parser = new CommandLineParser(environment, flags);
    if (parser.isSet("--help")) {
      return new Invocation.Print(commandLine.getUsageMessage());
    }
    if (parser.isSet("--version")) {
      return new Invocation.Print("kaniko-build executor " + version() + System.lineSeparator());
    }
    Optional<Call> call =
        parser.isSet("--dryrun")
            ? Optional.of(Call.PLAN)
            : LanguageFlags.call(parser.text("--call"));
    return call.isPresent()
        ? new Invocation.Question(parser.request(true), call.get())
        : new Invocation.Build(parser.request(false), parser.log());
  }

  /**
   * @param question whether nothing is built, so that nothing has to be said of the result
   */
  private BuildRequest request(boolean question) throws UsageException {
    Path store = store(flags, environment);
    ImageFlags image = new ImageFlags(flags);
    SourceOptions sources =
        new SourceFlags().options(all("--build-context"), place(), all("--git"), baseLayers());
    LayerFlags layers = new LayerFlags(flags, environment);
    Map<String, String> buildArgs = layers.withEpoch(buildArgs());
    BuildRequest.Builder request =
        BuildRequest.builder()
            .contextDirectory(sources.remoteContext().isPresent() ? NO_DIRECTORY : context())
            .dockerfile(dockerfile())
            .destinations(all("--destination"))
            .buildArgs(buildArgs)
            .labels(labels())
            .noPush(question || noPush())
            .insecure(scope("--insecure"))
            .skipTlsVerify(scope("--skip-tls-verify"))
            .storeDirectory(store)
            .kanikoDir(path("--kaniko-dir").orElseGet(() -> defaultKanikoDir(store)))
            .runOptions(runOptions())
            .sourceOptions(sources)
            .noCache(LanguageFlags.noCache(isSet("--no-cache"), all("--no-cache-filter")))
            .allowed(LanguageFlags.allowed(all("--allow")))
            .registrySettings(new RegistryFlags(flags, environment).settings())
            .cacheOptions(
                new CacheFlags(flags).options(noPush(), all("--destination").isEmpty(), buildArgs))
            .layerOptions(layers.options(buildArgs))
            .resultFiles(new ResultFlags(flags, environment).files())
            .imageOptions(image.options(notes()))
            .ignorePaths(image.ignorePaths());
    text("--context-sub-path").ifPresent(request::contextSubPath);
    target().ifPresent(request::target);
    text("--custom-platform").ifPresent(request::customPlatform);
    text("--isolation").ifPresent(request::isolation);
    jobs().ifPresent(request::jobs);
    return checked(request.build());
  }

  /** What was given and changes nothing. */
  private List<String> notes() throws UsageException {
    List<String> notes = new ArrayList<>(KanikoFlags.notes(flags));
    notes.addAll(KanikoVariable.notes(environment));
    if (flags.hasMatchedOption("--no-push") && noPush() != isSet("--no-push")) {
      notes.add("--no-push changes nothing: the variable KANIKO_NO_PUSH counts more");
    }
    return notes;
  }

  /** The context; as in kaniko, a bucket counts only where no directory is given. */
  private Optional<String> place() {
    Optional<String> context = text("--context");
    Optional<String> bucket = text("--bucket").filter(name -> !isDirectory(context));
    return bucket.map(name -> name.contains("://") ? name : "gs://" + name).or(() -> context);
  }

  private static boolean isDirectory(Optional<String> context) {
    return context.isPresent() && !SCHEME.matcher(context.get()).matches();
  }

  private Optional<String> target() throws UsageException {
    // The last one is what a flag of its kind has.
    if (flags.hasMatchedOption("--target")
        && flags.matchedOption("--target").originalStringValues().stream().distinct().count() > 1) {
      throw new UsageException(
          "tried to read flag --target, but it names several stages; give one");
    }
    return text("--target");
  }

  private OptionalInt jobs() throws UsageException {
    String given = text("--jobs").orElse("");
    if (given.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!given.matches("[1-9][0-9]{0,3}")) {
      throw new UsageException(
          "tried to read flag --jobs, but %s is not a number from 1 to 9999"
              .formatted(Printable.line(given)));
    }
    return OptionalInt.of(Integer.parseInt(given));
  }

  private RunOptions runOptions() throws UsageException {
    RunFlags run = new RunFlags(environment);
    return new RunOptions(
        run.secrets(all("--secret")),
        run.ssh(all("--ssh")),
        text("--cache-mount-namespace").orElse("default"),
        run.hosts(all("--add-host")),
        run.size("--shm-size", text("--shm-size").orElse("")));
  }

  private static BuildRequest checked(BuildRequest request) throws UsageException {
    if (!request.contextRoot().startsWith(request.contextDirectory())) {
      throw new UsageException("--context-sub-path leads out of the context; give a path below it");
    }
    boolean remote = request.sourceOptions().remoteContext().isPresent();
    if (!remote && !Files.isDirectory(request.contextRoot())) {
      throw new UsageException(
          "tried to use the build context %s, but there is no such directory; name it with --context"
              .formatted(request.contextRoot()));
    }
    if (request.destinations().isEmpty()) {
      if (!request.noPush()) {
        throw new UsageException("there is nowhere to push to; give --destination or --no-push");
      }
      if (request.resultFiles().names().isPresent() || request.resultFiles().tags().isPresent()) {
        throw new UsageException(
            "a file with the image's name is asked for, but it has none; give --destination");
      }
    }
    return request;
  }

  private LogOptions log() throws UsageException {
    String verbosity = text("--verbosity").orElse("info").toLowerCase(Locale.ROOT);
    Level threshold =
        switch (verbosity) {
          case "trace" -> Level.TRACE;
          case "debug" -> Level.DEBUG;
          case "info" -> Level.INFO;
          case "warn", "warning" -> Level.WARN;
          case "error", "fatal", "panic" -> Level.ERROR;
          default ->
              throw new UsageException(
                  "tried to read --verbosity, but there is no level %s; use trace, debug, info, warn, error, fatal or panic"
                      .formatted(Printable.line(verbosity)));
        };
    String name = text("--log-format").orElse("auto");
    LogOptions.Format format =
        switch (name) {
          case "auto" -> LogOptions.Format.AUTO;
          case "text" -> LogOptions.Format.TEXT;
          case "color" -> LogOptions.Format.COLOR;
          case "json" -> LogOptions.Format.JSON;
          default ->
              throw new UsageException(
                  "tried to read --log-format, but there is no format %s; use text, color or json"
                      .formatted(Printable.line(name)));
        };
    return new LogOptions(threshold, format, isSet("--log-timestamp"));
  }

  private Path context() throws UsageException {
    String given = text("--context").orElse("/workspace/");
    Matcher url = SCHEME.matcher(given);
    if (url.matches() && !url.group(1).equals("dir")) {
      throw new UsageException(
          "contexts of the kind %s:// are not supported; give a directory, the address of a git repository, tar://FILE, s3://BUCKET/KEY, gs://BUCKET/NAME or the https address of a tar"
              .formatted(url.group(1)));
    }
    return toPath("--context", url.matches() ? url.group(2) : given);
  }

  private String dockerfile() throws UsageException {
    String given = text("--dockerfile").orElse("Dockerfile");
    if (SCHEME.matcher(given).matches() && !SourceOptions.isAddress(given)) {
      throw new UsageException(
          "tried to use --dockerfile, but its address is none of http or https; give a path");
    }
    return given;
  }

  /** In kaniko, too, the variable counts more than the flag. */
  private boolean noPush() throws UsageException {
    String value = environment.getOrDefault(KanikoVariable.NO_PUSH, "");
    if (value.isEmpty()) {
      return isSet("--no-push");
    }
    try {
      return Flags.toBoolean(value);
    } catch (CommandLine.TypeConversionException e) {
      throw new UsageException(
          "environment variable " + KanikoVariable.NO_PUSH + ": " + e.getMessage());
    }
  }

  private Map<String, String> buildArgs() throws UsageException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String given : all("--build-arg")) {
      int equals = given.indexOf('=');
      String key = equals < 0 ? given : given.substring(0, equals);
      requireKey("--build-arg", key);
      // As docker: a name without a value that the environment does not know is not set at all.
      Optional.ofNullable(equals < 0 ? environment.get(key) : given.substring(equals + 1))
          .ifPresent(value -> values.put(key, value));
    }
    return values;
  }

  private Map<String, String> labels() throws UsageException {
    Map<String, String> values = new LinkedHashMap<>();
    for (String given : all("--label")) {
      int equals = given.indexOf('=');
      String key = equals < 0 ? given : given.substring(0, equals);
      requireKey("--label", key);
      values.put(key, equals < 0 ? "" : given.substring(equals + 1));
    }
    return values;
  }

  private static void requireKey(String flag, String key) throws UsageException {
    if (key.isBlank()) {
      throw new UsageException(
          "tried to read flag " + flag + ", but its name is empty; write KEY=VALUE");
    }
  }

  private RegistryScope scope(String flag) {
    return new RegistryScope(
        isSet(flag), isSet(flag + "-pull"), Set.copyOf(all(flag + "-registry")));
  }

  /** As in kaniko, the usual directory counts only where there is a cache at all. */
  private Optional<Path> baseLayers() throws UsageException {
    Optional<Path> given = path("--cache-dir");
    return given.isPresent() || !isSet("--cache")
        ? given
        : Optional.of(DEFAULT_CACHE_DIR).filter(Files::isDirectory);
  }

  /** Where layers are kept, for every command. */
  static Path store(ParseResult flags, Map<String, String> environment) throws UsageException {
    String given = flags.matchedOptionValue("--store-dir", "");
    if (!given.isEmpty()) {
      return toPath("--store-dir", given);
    }
    Path cache = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    if (!cache.isAbsolute()) {
      String home = environment.getOrDefault("HOME", "");
      cache = Path.of(home.isEmpty() ? System.getProperty("user.home") : home, ".cache");
    }
    return cache.resolve("kaniko-build").toAbsolutePath().normalize();
  }

  private Path defaultKanikoDir(Path store) {
    String given = environment.getOrDefault("KANIKO_DIR", "");
    if (!given.isEmpty()) {
      return Path.of(given).toAbsolutePath().normalize();
    }
    boolean usable = Files.isDirectory(DEFAULT_KANIKO_DIR) && Files.isWritable(DEFAULT_KANIKO_DIR);
    return usable ? DEFAULT_KANIKO_DIR : store.resolve("kaniko");
  }

  private boolean isSet(String flag) {
    return flags.matchedOptionValue(flag, false);
  }

  /** A value; an empty one counts as not given, as in kaniko. */
  private Optional<String> text(String flag) {
    return Optional.of(flags.matchedOptionValue(flag, "")).filter(value -> !value.isEmpty());
  }

  private List<String> all(String flag) {
    return flags.matchedOptionValue(flag, List.of());
  }

  private Optional<Path> path(String flag) throws UsageException {
    Optional<String> given = text(flag);
    return given.isEmpty() ? Optional.empty() : Optional.of(toPath(flag, given.get()));
  }

  static Path toPath(String flag, String value) throws UsageException {
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "tried to use the path of %s, but the locale cannot spell it; set LC_ALL=C.UTF-8"
              .formatted(flag));
    }
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("(development)");
  }
}
