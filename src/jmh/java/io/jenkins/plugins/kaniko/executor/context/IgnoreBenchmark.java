package io.jenkins.plugins.kaniko.executor.context;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Eight rules for 5,000 paths in 50 directories; the JDK's matcher has no exceptions and scopes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class IgnoreBenchmark {
  private static final List<String> RULES =
      List.of("*.log", "**/*.tmp", "target", "node_modules", ".git", "**/.cache", "docs/*.md", "a/b");

  private final List<String> paths = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private final List<PathMatcher> matchers = new ArrayList<>();
  private DockerIgnore ignore;

  @Setup
  public void prepare() throws ContextException {
    ignore = DockerIgnore.parse(".dockerignore", RULES);
    RULES.forEach(rule -> matchers.add(FileSystems.getDefault().getPathMatcher("glob:" + rule)));
    for (int i = 0; i < 5000; i++) {
      String path = "src/dir-" + i % 50 + "/file-" + i + ".txt";
      paths.add(path);
      files.add(Path.of(path));
    }
  }

  @Benchmark
  public int ours() {
    int ignored = 0;
    DockerIgnore.Scope directory = ignore.scope("src/dir-1");
    for (String path : paths) {
      ignored += ignore.scope(directory, path).ignored() ? 1 : 0;
    }
    return ignored;
  }

  @Benchmark
  public int jdk() {
    int ignored = 0;
    for (Path file : files) {
      for (PathMatcher matcher : matchers) {
        ignored += matcher.matches(file) ? 1 : 0;
      }
    }
    return ignored;
  }
}
