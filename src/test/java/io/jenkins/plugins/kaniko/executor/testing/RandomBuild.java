package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A build that is made up and edited at random, and a model of what its steps read: two steps of
 * one key have equal inputs, by the words of {@code docs/cache.md} and nothing of the executor.
 */
public final class RandomBuild {
  /** A file of the context. */
  private record Source(String content, int mode) {}

  /**
   * One instruction.
   *
   * @param kind copy, from, workdir, user, env, arg, label or run
   * @param a first operand
   * @param b second operand
   */
  private record Line(String kind, String a, String b, boolean link) {}

  private record Part(String base, List<Line> lines) {}

  /**
   * A step that makes a layer.
   *
   * @param key equal for steps with equal inputs
   */
  public record Step(String stage, int number, String key) {}

  private static final class Evaluated {
    private String chain;

    /** Files below /p, by name; those of directories end with a slash. */
    private final Map<String, String> files = new TreeMap<>();

    private boolean linked;
    private String directory = "/";
    private String user = "";
    private String env = "";
    private final Map<String, String> variables = new TreeMap<>();

    Evaluated(String chain) {
      this.chain = chain;
    }
  }

  private final Random random;
  private final boolean runs;
  private final String system;
  private Map<String, Source> context = new TreeMap<>();
  private List<Part> parts = new ArrayList<>();
  private Map<String, String> args = new TreeMap<>();
  private List<Step> steps = List.of();

  /**
   * @param system what FROM calls the base image that has files
   * @param runs whether there are commands
   */
  public RandomBuild(Random random, String system, boolean runs) {
    this.random = random;
    this.system = system;
    this.runs = runs;
    for (String name : List.of("a", "b", "d/x", "d/y", "unused")) {
      context.put(name, file());
    }
    do {
      parts.clear();
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        List<Line> lines = new ArrayList<>();
        for (int j = 1 + random.nextInt(4); j > 0; j--) {
          lines.add(line(i));
        }
        parts.add(new Part(base(i), lines));
      }
    } while (!evaluate());
  }

  private Source file() {
    return new Source("v" + random.nextInt(3), random.nextInt(4) == 0 ? 0600 : 0644);
  }

  private String base(int stage) {
    return switch (random.nextInt(runs ? 2 : 4)) {
      case 0 -> system;
      case 1 -> stage > 0 ? "s" + random.nextInt(stage) : system;
      default -> "scratch";
    };
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private Line line(int stage) {
    boolean link = random.nextInt(6) == 0;
    String target = one(List.of("/p/", "/p/", "/q/", "/$V/", "/link/", "r/"));
    return switch (random.nextInt(runs ? 13 : 10)) {
      case 0, 1, 2, 3 -> new Line("copy", one(List.of("a", "b", "d", "a b")), target, link);
      case 4, 5 ->
          stage > 0
              ? new Line("from", "s" + random.nextInt(stage), target, link)
              : new Line("copy", "d", target, link);
      case 6 -> new Line("workdir", one(List.of("/w", "/p", "v")), "", false);
      case 7 -> new Line(one(List.of("env", "arg")), "V", one(List.of("p", "q", "z")), false);
      case 8 -> new Line("user", one(List.of("0", "1000")), "", false);
      case 9 -> new Line("label", "l", "" + random.nextInt(3), false);
      default -> new Line("run", one(List.of("one", "two")), "", false);
    };
  }

  /** The steps of the stages that the last one needs. */
  public List<Step> steps() {
    return steps;
  }

  public Map<String, String> args() {
    return args;
  }

  public String dockerfile() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      text.append("FROM ").append(parts.get(i).base()).append(" AS s").append(i).append('\n');
      parts.get(i).lines().forEach(line -> text.append(text(line)).append('\n'));
    }
    return text.toString();
  }

  private static String text(Line line) {
    String link = line.link() ? "--link " : "";
    return switch (line.kind()) {
      case "copy" -> "COPY " + link + line.a() + " " + line.b();
      case "from" -> "COPY " + link + "--from=" + line.a() + " /p " + line.b();
      case "workdir" -> "WORKDIR " + line.a();
      case "user" -> "USER " + line.a();
      case "env" -> "ENV V=" + line.b();
      case "arg" -> "ARG V=" + line.b();
      case "label" -> "LABEL l=" + line.b();
      default ->
          "RUN f=/tmp/%s-$(id -u); ls -R /p /q 2>&1 | sort > $f; echo $V $(pwd) >> $f"
              .formatted(line.a());
    };
  }

  /** Writes context and Dockerfile, and gives the files new times. */
  public void write(Path directory) throws IOException {
    for (Map.Entry<String, Source> each : context.entrySet()) {
      Path file = directory.resolve(each.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, each.getValue().content());
      Files.setAttribute(file, "unix:mode", each.getValue().mode());
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_500_000_000_000L + random.nextInt()));
    }
    Files.setAttribute(directory.resolve("d"), "unix:mode", 0755);
    Files.writeString(directory.resolve("Dockerfile"), dockerfile());
  }

  /** Changes something, or nothing but times. */
  public void edit() {
    while (true) {
      Map<String, Source> oldContext = new TreeMap<>(context);
      List<Part> oldParts = new ArrayList<>(parts);
      Map<String, String> oldArgs = new TreeMap<>(args);
      change();
      if (evaluate()) {
        return;
      }
      context = oldContext;
      parts = oldParts;
      args = oldArgs;
    }
  }

  private void change() {
    int stage = random.nextInt(parts.size());
    List<Line> lines = new ArrayList<>(parts.get(stage).lines());
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> context.put(one(List.copyOf(context.keySet())), file());
      case 3 -> lines.add(random.nextInt(lines.size() + 1), line(stage));
      case 4 -> {
        if (lines.size() > 1) {
          lines.remove(random.nextInt(lines.size()));
        }
      }
      case 5 -> lines.set(random.nextInt(lines.size()), line(stage));
      case 6 -> args.put(one(List.of("V", "OTHER")), one(List.of("p", "q", "z")));
      case 7 -> args.clear();
      default -> {
        // Nothing but times.
      }
    }
    parts.set(stage, new Part(parts.get(stage).base(), lines));
  }

  /** Whether it can be built. */
  private boolean evaluate() {
    Map<String, Evaluated> done = new LinkedHashMap<>();
    List<Step> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Optional<Evaluated> stage = evaluate("s" + i, parts.get(i), done, all);
      if (stage.isEmpty()) {
        return false;
      }
      done.put("s" + i, stage.get());
    }
    Set<String> needed = new TreeSet<>();
    need("s" + (parts.size() - 1), needed);
    steps = all.stream().filter(step -> needed.contains(step.stage())).toList();
    return true;
  }

  private void need(String stage, Set<String> needed) {
    if (stage.matches("s[0-9]") && needed.add(stage)) {
      Part part = parts.get(stage.charAt(1) - '0');
      need(part.base(), needed);
      part.lines().stream()
          .filter(line -> line.kind().equals("from"))
          .forEach(line -> need(line.a(), needed));
    }
  }

  private Optional<Evaluated> evaluate(
      String name, Part part, Map<String, Evaluated> done, List<Step> all) {
    Evaluated base = done.get(part.base());
    Evaluated at = new Evaluated(base == null ? part.base() : base.chain);
    Map<String, String> variables = at.variables;
    if (base == null) {
      at.linked = part.base().equals(system);
      if (at.linked) {
        at.files.put("seed", "0644 seed");
      }
    } else {
      at.files.putAll(base.files);
      at.linked = base.linked;
      at.directory = base.directory;
      at.user = base.user;
      at.env = base.env;
      // An ARG is handed on, too, where there is no ENV.
      variables.putAll(base.variables);
      if (!at.env.isEmpty()) {
        variables.put("V", at.env);
      }
    }
    for (int i = 0; i < part.lines().size(); i++) {
      Line line = part.lines().get(i);
      String target = line.b().replace("$V", variables.getOrDefault("V", ""));
      String key = "";
      switch (line.kind()) {
        case "copy" -> {
          Map<String, String> files = new TreeMap<>();
          for (String source : line.a().split(" ", -1)) {
            context.forEach(
                (path, file) -> {
                  if (path.equals(source) || path.startsWith(source + "/")) {
                    files.put(
                        path.substring(path.lastIndexOf('/') + 1),
                        "0%o %s".formatted(file.mode(), file.content()));
                  }
                });
          }
          key = copy(at, "context " + line.a(), files, target, line.link());
        }
        case "from" -> {
          Map<String, String> files = done.get(line.a()).files;
          if (files.isEmpty()) {
            return Optional.empty();
          }
          key = copy(at, "stage /p", files, target, line.link());
        }
        case "workdir" -> {
          at.directory =
              line.a().startsWith("/")
                  ? line.a()
                  : (at.directory + "/" + line.a()).replace("//", "/");
          if (at.directory.startsWith("/p/")) {
            directories(at, at.directory + "/", at.user, false);
          }
          key = "workdir " + at.directory + " " + at.user + "<" + at.chain + ">";
        }
        case "user" -> at.user = line.a();
        case "env" -> {
          variables.put("V", line.b());
          at.env = line.b();
        }
        case "arg" -> variables.put("V", args.getOrDefault("V", line.b()));
        case "run" ->
            key =
                "run %s %s %s %s<%s>"
                    .formatted(line.a(), variables, at.directory, at.user, at.chain);
        default -> {
          // A label.
        }
      }
      if (!key.isEmpty()) {
        all.add(new Step(name, i + 2, key));
        at.chain = at.chain + "/" + key;
      }
    }
    return Optional.of(at);
  }

  /** Makes directories below /p; those of a linked layer replace what was there. */
  private static void directories(Evaluated at, String path, String owner, boolean replace) {
    String below = path.substring("/p/".length());
    for (int end = below.indexOf('/'); end >= 0; end = below.indexOf('/', end + 1)) {
      String name = below.substring(0, end + 1);
      if (replace) {
        at.files.put(name, owner);
      } else {
        at.files.putIfAbsent(name, owner);
      }
    }
  }

  private static String copy(
      Evaluated at, String what, Map<String, String> files, String target, boolean link) {
    String path =
        target.startsWith("/") ? target : (at.directory + "/" + target).replace("//", "/");
    String key =
        "copy %s %s to %s = %s%s"
            .formatted(what, files, target, path, link ? " link" : "<" + at.chain + ">");
    // A linked layer is made as if there were nothing below it: it does not see /link.
    String real = at.linked && path.equals("/link/") && !link ? "/p/" : path;
    if (real.startsWith("/p/")) {
      directories(at, real, "0", link);
      String below = real.substring("/p/".length());
      files.forEach((name, file) -> at.files.put(below + name, file));
    }
    // A linked layer has a directory where a link was.
    at.linked = at.linked && !(link && path.equals("/link/"));
    return key;
  }
}
