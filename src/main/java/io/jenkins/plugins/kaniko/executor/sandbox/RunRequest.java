package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One command to run. Made by {@link #builder}. */
public final class RunRequest {
  private final RootMount root;
  private final List<String> argv;
  private final Map<String, String> environment;
  private final String workingDirectory;
  private final ProcessUser user;
  private final List<BindMount> binds;
  private final List<CommandMount> mounts;
  private final Network network;
  private final boolean insecure;
  private final OutputStream output;
  private final String hostname;

  private RunRequest(Builder builder) {
    root = Objects.requireNonNull(builder.root, "root");
    argv = List.copyOf(builder.argv);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(builder.environment));
    workingDirectory = builder.workingDirectory;
    user = builder.user;
    binds = List.copyOf(builder.binds);
    mounts = List.copyOf(builder.mounts);
    network = builder.network;
    insecure = builder.insecure;
    output = builder.output;
    hostname = builder.hostname;
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command without words");
    }
    if (!workingDirectory.startsWith("/")) {
      throw new IllegalArgumentException(
          "the working directory is not absolute: " + workingDirectory);
    }
    argv.forEach(RunRequest::refuseNul);
    environment.forEach(
        (name, value) -> {
          refuseNul(name);
          refuseNul(value);
          if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                "no name of an environment variable: \"" + name + "\"");
          }
        });
  }

  /** A builder with the two things that have no default. */
  public static Builder builder(RootMount root, List<String> argv) {
    return new Builder(root, argv);
  }

  /** What the command sees as {@code /}. */
  public RootMount root() {
    return root;
  }

  /**
   * The command; a first word without a slash is looked up in the {@code PATH} of {@link
   * #environment}.
   */
  public List<String> argv() {
    return argv;
  }

  /** Exactly this reaches the command, and nothing else. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Absolute, inside the root; must exist. Default {@code /}. */
  public String workingDirectory() {
    return workingDirectory;
  }

  /** Default root. */
  public ProcessUser user() {
    return user;
  }

  /** Mounted first and all at once. Default none. */
  public List<BindMount> binds() {
    return binds;
  }

  /** Mounted after the {@link #binds}, in this order. Default none. */
  public List<CommandMount> mounts() {
    return mounts;
  }

  /** Default the agent's. */
  public Network network() {
    return network;
  }

  /** Whether the command keeps every capability that the builder has. Default no. */
  public boolean insecure() {
    return insecure;
  }

  /** Takes standard output and error as one, in order. Default: nowhere. Never closed. */
  public OutputStream output() {
    return output;
  }

  /** Default {@code localhost}. */
  public String hostname() {
    return hostname;
  }

  /** Whether a variable of this name can be set without its value being seen by anybody. */
  public static boolean isHidden(String name) {
    return InsideScript.isPlain(name);
  }

  private static void refuseNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a command or its environment holds a NUL character");
    }
  }

  /** Collects a request. */
  public static final class Builder {
    private final RootMount root;
    private final List<String> argv;
    private Map<String, String> environment = Map.of();
    private String workingDirectory = "/";
    private ProcessUser user = ProcessUser.ROOT;
    private List<BindMount> binds = List.of();
    private List<CommandMount> mounts = List.of();
    private Network network = Network.HOST;
    private boolean insecure;
    private OutputStream output = OutputStream.nullOutputStream();
    private String hostname = "localhost";

    private Builder(RootMount root, List<String> argv) {
      this.root = root;
      this.argv = argv;
    }

    /** See {@link RunRequest#environment}. */
    public Builder environment(Map<String, String> variables) {
      environment = variables;
      return this;
    }

    /** See {@link RunRequest#workingDirectory}. */
    public Builder workingDirectory(String directory) {
      workingDirectory = directory;
      return this;
    }

    /** See {@link RunRequest#user}. */
    public Builder user(ProcessUser processUser) {
      user = processUser;
      return this;
    }

    /** See {@link RunRequest#binds}. */
    public Builder binds(List<BindMount> list) {
      binds = list;
      return this;
    }

    /** See {@link RunRequest#mounts}. */
    public Builder mounts(List<CommandMount> list) {
      mounts = list;
      return this;
    }

    /** See {@link RunRequest#network}. */
    public Builder network(Network value) {
      network = value;
      return this;
    }

    /** See {@link RunRequest#insecure}. */
    public Builder insecure(boolean value) {
      insecure = value;
      return this;
    }

    /** See {@link RunRequest#output}. */
    public Builder output(OutputStream stream) {
      output = stream;
      return this;
    }

    /** See {@link RunRequest#hostname}. */
    public Builder hostname(String name) {
      hostname = name;
      return this;
    }

    /**
     * The request.
     *
     * @throws IllegalArgumentException when it has no words, a relative working directory, or a NUL
     *     character
     */
    public RunRequest build() {
      return new RunRequest(this);
    }
  }
}
