package io.jenkins.plugins.kaniko.executor.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes bare repositories with the git program, sound ones and such as no git would make. */
public final class GitFixture {
  /** The time of every commit. */
  public static final long TIME = 1_600_000_000;

  private final Path bare;

  /**
   * @param bare where the repository is made
   */
  public GitFixture(Path bare) throws IOException {
    this.bare = Files.createDirectories(bare);
    run("", "init", "-q", "--bare", "-b", "main", ".");
    run("", "config", "uploadpack.allowAnySHA1InWant", "false");
  }

  /** Stores a blob. */
  public String blob(String content) throws IOException {
    return run(content, "hash-object", "-w", "--stdin");
  }

  /**
   * Stores a tree without any check.
   *
   * @param entries {@code MODE NAME} and a hash, one after the other
   */
  public String tree(String... entries) throws IOException {
    var raw = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < entries.length; i += 2) {
      raw.writeBytes(entries[i].getBytes(StandardCharsets.UTF_8));
      raw.write(0);
      raw.writeBytes(java.util.HexFormat.of().parseHex(entries[i + 1]));
    }
    return run(raw.toByteArray(), "hash-object", "-w", "-t", "tree", "--literally", "--stdin");
  }

  /** Commits a tree and moves a branch there. */
  public String commit(String branch, String tree, String... parents) throws IOException {
    List<String> words = new ArrayList<>(List.of("commit-tree", tree, "-m", "made for a test"));
    for (String parent : parents) {
      words.addAll(List.of("-p", parent));
    }
    String commit = run("", words.toArray(String[]::new));
    run("", "update-ref", "refs/heads/" + branch, commit);
    return commit;
  }

  /** Runs git in the repository. */
  public String run(String input, String... words) throws IOException {
    return run(input.getBytes(StandardCharsets.UTF_8), words);
  }

  private String run(byte[] input, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.fsyncMethod=batch"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(bare.toFile());
    builder.environment().putAll(identity());
    Process process = builder.redirectErrorStream(true).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(command + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return output.strip();
  }

  private static Map<String, String> identity() {
    String date = TIME + " +0000";
    return Map.of(
        "GIT_AUTHOR_NAME", "a",
        "GIT_AUTHOR_EMAIL", "a@example.invalid",
        "GIT_AUTHOR_DATE", date,
        "GIT_COMMITTER_NAME", "c",
        "GIT_COMMITTER_EMAIL", "c@example.invalid",
        "GIT_COMMITTER_DATE", date,
        "GIT_CONFIG_GLOBAL", "/dev/null",
        "GIT_CONFIG_NOSYSTEM", "1");
  }
}
