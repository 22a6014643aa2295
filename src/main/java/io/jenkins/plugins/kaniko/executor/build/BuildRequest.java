package io.jenkins.plugins.kaniko.executor.build;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What one build is asked to do: immutable, made by its {@link Builder}. The context directory, the
 * kaniko directory and the store are required; paths of files are absolute or relative to the
 * working directory.
 */
public final class BuildRequest {
  private final Path contextDirectory;
  private final Optional<String> contextSubPath;
  private final String dockerfile;
  private final List<String> destinations;
  private final Map<String, String> buildArgs;
  private final Optional<String> target;
  private final Map<String, String> labels;
  private final boolean noPush;
  private final RegistryScope insecure;
  private final RegistryScope skipTlsVerify;
  private final Optional<String> customPlatform;
  private final Path kanikoDir;
  private final Path storeDirectory;
  private final List<String> ignorePaths;
  private final String isolation;
  private final int jobs;
  private final RunOptions runOptions;
  private final SourceOptions sourceOptions;
  private final NoCache noCache;
  private final Set<Entitlement> allowed;
  private final RegistrySettings registrySettings;
  private final CacheOptions cacheOptions;
  private final LayerOptions layerOptions;
  private final ImageOptions imageOptions;
  private final ResultFiles resultFiles;

  private BuildRequest(Builder builder) {
    contextDirectory = Objects.requireNonNull(builder.contextDirectory, "contextDirectory");
    contextSubPath = builder.contextSubPath;
    dockerfile = builder.dockerfile;
    destinations = List.copyOf(builder.destinations);
    buildArgs = Collections.unmodifiableMap(new LinkedHashMap<>(builder.buildArgs));
    target = builder.target;
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(builder.labels));
    noPush = builder.noPush;
    insecure = builder.insecure;
    skipTlsVerify = builder.skipTlsVerify;
    customPlatform = builder.customPlatform;
    kanikoDir = Objects.requireNonNull(builder.kanikoDir, "kanikoDir");
    storeDirectory = Objects.requireNonNull(builder.storeDirectory, "storeDirectory");
    ignorePaths = List.copyOf(builder.ignorePaths);
    isolation = builder.isolation;
    jobs = builder.jobs;
    runOptions = builder.runOptions;
    sourceOptions = builder.sourceOptions;
    noCache = builder.noCache;
    allowed = Set.copyOf(builder.allowed);
    registrySettings = builder.registrySettings;
    cacheOptions = builder.cacheOptions;
    layerOptions = builder.layerOptions;
    imageOptions = builder.imageOptions;
    resultFiles = builder.resultFiles;
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * The directory whose files COPY and ADD see: the context directory and the sub-path below it.
   */
  public Path contextRoot() {
    return contextSubPath.map(contextDirectory::resolve).orElse(contextDirectory).normalize();
  }

  /** Directory that is the build context, before the sub-path. */
  public Path contextDirectory() {
    return contextDirectory;
  }

  /** Directory below the context that is the real context. */
  public Optional<String> contextSubPath() {
    return contextSubPath;
  }

  /** As given: absolute, relative to the working directory or the context, or an address. */
  public String dockerfile() {
    return dockerfile;
  }

  /** Image references as given, in order. */
  public List<String> destinations() {
    return destinations;
  }

  /** In the order given; the last of two equal names wins. */
  public Map<String, String> buildArgs() {
    return buildArgs;
  }

  /** Stage to build: a name or an index. The last stage if absent. */
  public Optional<String> target() {
    return target;
  }

  /** Labels to add to the image, in the order given. */
  public Map<String, String> labels() {
    return labels;
  }

  public boolean noPush() {
    return noPush;
  }

  /** Where plain HTTP is allowed. */
  public RegistryScope insecure() {
    return insecure;
  }

  /** Where TLS certificates are not verified. */
  public RegistryScope skipTlsVerify() {
    return skipTlsVerify;
  }

  /** {@code os/arch[/variant]}; the machine's own if absent. */
  public Optional<String> customPlatform() {
    return customPlatform;
  }

  /** Working directory of the build, never part of context or layers. */
  public Path kanikoDir() {
    return kanikoDir;
  }

  /** Content store, shared by the builds of one user. */
  public Path storeDirectory() {
    return storeDirectory;
  }

  /** Absolute paths in the image that are never recorded in a layer. */
  public List<String> ignorePaths() {
    return ignorePaths;
  }

  /** Rung of the sandbox ladder, or {@code auto} for the best that works. */
  public String isolation() {
    return isolation;
  }

  /** How many stages are built at once, at least 1. */
  public int jobs() {
    return jobs;
  }

  /** What RUN may use besides the image. */
  public RunOptions runOptions() {
    return runOptions;
  }

  /** Where files come from besides the context. */
  public SourceOptions sourceOptions() {
    return sourceOptions;
  }

  /** Which stages are built anew. */
  public NoCache noCache() {
    return noCache;
  }

  /** What instructions may have beyond the sandbox. */
  public Set<Entitlement> allowed() {
    return allowed;
  }

  /** How registries are found and talked to, beyond plain HTTP and TLS. */
  public RegistrySettings registrySettings() {
    return registrySettings;
  }

  /** What is taken from earlier builds and kept for later ones. */
  public CacheOptions cacheOptions() {
    return cacheOptions;
  }

  /** How layers are written. */
  public LayerOptions layerOptions() {
    return layerOptions;
  }

  /** What form the image has. */
  public ImageOptions imageOptions() {
    return imageOptions;
  }

  /** Where the image and its digest are written, besides registries. */
  public ResultFiles resultFiles() {
    return resultFiles;
  }

  /** Collects the parts of a request; every setter replaces what was set before. */
  public static final class Builder {
    private Path contextDirectory;
    private Optional<String> contextSubPath = Optional.empty();
    private String dockerfile = "Dockerfile";
    private List<String> destinations = List.of();
    private Map<String, String> buildArgs = Map.of();
    private Optional<String> target = Optional.empty();
    private Map<String, String> labels = Map.of();
    private boolean noPush;
    private RegistryScope insecure = RegistryScope.NOWHERE;
    private RegistryScope skipTlsVerify = RegistryScope.NOWHERE;
    private Optional<String> customPlatform = Optional.empty();
    private Path kanikoDir;
    private Path storeDirectory;
    private List<String> ignorePaths = List.of();
    private String isolation = "auto";
    private int jobs = Runtime.getRuntime().availableProcessors();
    private RunOptions runOptions = RunOptions.NONE;
    private SourceOptions sourceOptions = SourceOptions.NONE;
    private NoCache noCache = NoCache.NOTHING;
    private Set<Entitlement> allowed = Set.of();
    private RegistrySettings registrySettings = RegistrySettings.NONE;
    private CacheOptions cacheOptions = CacheOptions.OFF;
    private LayerOptions layerOptions = LayerOptions.DEFAULT;
    private ImageOptions imageOptions = ImageOptions.NONE;
    private ResultFiles resultFiles = ResultFiles.NONE;

    private Builder() {}

    public Builder contextDirectory(Path value) {
      contextDirectory = value;
      return this;
    }

    public Builder contextSubPath(String value) {
      contextSubPath = Optional.of(value);
      return this;
    }

    public Builder dockerfile(String value) {
      dockerfile = value;
      return this;
    }

    public Builder destinations(List<String> value) {
      destinations = value;
      return this;
    }

    public Builder buildArgs(Map<String, String> value) {
      buildArgs = value;
      return this;
    }

    public Builder target(String value) {
      target = Optional.of(value);
      return this;
    }

    public Builder labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    public Builder noPush(boolean value) {
      noPush = value;
      return this;
    }

    public Builder insecure(RegistryScope value) {
      insecure = value;
      return this;
    }

    public Builder skipTlsVerify(RegistryScope value) {
      skipTlsVerify = value;
      return this;
    }

    public Builder customPlatform(String value) {
      customPlatform = Optional.of(value);
      return this;
    }

    public Builder kanikoDir(Path value) {
      kanikoDir = value;
      return this;
    }

    public Builder storeDirectory(Path value) {
      storeDirectory = value;
      return this;
    }

    public Builder ignorePaths(List<String> value) {
      ignorePaths = value;
      return this;
    }

    public Builder isolation(String value) {
      isolation = value;
      return this;
    }

    public Builder jobs(int value) {
      jobs = value;
      return this;
    }

    public Builder noCache(NoCache value) {
      noCache = value;
      return this;
    }

    public Builder allowed(Set<Entitlement> value) {
      allowed = value;
      return this;
    }

    public Builder runOptions(RunOptions value) {
      runOptions = value;
      return this;
    }

    public Builder sourceOptions(SourceOptions value) {
      sourceOptions = value;
      return this;
    }

    public Builder registrySettings(RegistrySettings value) {
      registrySettings = value;
      return this;
    }

    public Builder cacheOptions(CacheOptions value) {
      cacheOptions = value;
      return this;
    }

    public Builder layerOptions(LayerOptions value) {
      layerOptions = value;
      return this;
    }

    public Builder imageOptions(ImageOptions value) {
      imageOptions = value;
      return this;
    }

    public Builder resultFiles(ResultFiles value) {
      resultFiles = value;
      return this;
    }

    public BuildRequest build() {
      return new BuildRequest(this);
    }
  }
}
