package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.layer.LayerReader;
import io.jenkins.plugins.kaniko.executor.layer.Trees;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import io.jenkins.plugins.kaniko.executor.sandbox.Sandboxes;
import io.jenkins.plugins.kaniko.executor.testing.RandomBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Edits a build at random, and builds it after each edit with a cache and without one: both have to
 * make the same, and the cache has to have each step whose inputs have been seen. With commands it
 * is run inside namespaces, as {@code main}, in one process for all edits.
 */
final class CacheModel implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROUND = 20;

  private final Path directory;
  private final Decision decision;
  private final boolean runs;
  private final Set<String> seen = new HashSet<>();
  private String before = "";
  private long steps;
  private long hits;

  /**
   * @param decision where this process stands; commands are run if they can be
   */
  CacheModel(Decision decision) throws IOException {
    this.decision = decision;
    this.runs = decision.rung() != Rung.NONE;
    directory = Files.createTempDirectory("cache-model");
  }

  /**
   * Runs inside namespaces: {@code main SEED EDITS}. After some edits another Dockerfile and an
   * empty store are begun with.
   */
  public static void main(String[] args) throws Exception {
    Decision decision = Sandboxes.current().orElseThrow();
    Random seeds = new Random(Long.parseLong(args[0]));
    int left = Integer.parseInt(args[1]);
    long began = System.nanoTime();
    long steps = 0;
    long hits = 0;
    for (int done = 0; left > 0; left -= ROUND) {
      long seed = seeds.nextLong();
      int edits = Math.min(left, ROUND);
      try (CacheModel model = new CacheModel(decision)) {
        model.run(seed, edits);
        steps += model.steps;
        hits += model.hits;
      }
      done += edits;
      System.out.printf(
          "%d edits, %d steps, %d of them from the cache, %d s%n",
          done, steps, hits, (System.nanoTime() - began) / 1_000_000_000);
    }
  }

  void run(long seed, int edits) throws Exception {
    Random random = new Random(seed);
    makeBase();
    RandomBuild build = new RandomBuild(random, "system", runs);
    for (int i = 0; i <= edits; i++) {
      if (i > 0) {
        build.edit();
      }
      check(build, 1 + random.nextInt(2), "edit " + i + " of seed " + seed);
    }
  }

  @Override
  public void close() throws IOException {
    Trees.delete(directory);
  }

  private void check(RandomBuild build, int jobs, String name) throws Exception {
    build.write(Files.createDirectories(directory.resolve("context")));
    String what = name + "\n" + before + "-- then\n" + build.dockerfile();
    before = build.dockerfile();
    BuildResult cached = build(build, "store", "cached", true, jobs);
    build(build, "fresh-store", "fresh", false, jobs);

    assertThat(image("cached")).as(what).isEqualTo(image("fresh"));
    Map<String, Boolean> found =
        cached.steps().stream()
            .collect(Collectors.toMap(s -> s.stage() + " " + s.number(), BuildResult.Step::cached));
    Map<String, Integer> made = new HashMap<>();
    for (RandomBuild.Step step : build.steps()) {
      boolean hit = found.get(step.stage() + " " + step.number());
      // What comes after a command that has run is put into its root directory, linked or not.
      boolean linked = runs && step.key().endsWith(" link");
      if (seen.contains(step.key()) && !linked) {
        assertThat(hit).as("%s\nseen: %s", what, step).isTrue();
      } else if (!hit) {
        made.merge(step.key(), 1, Integer::sum);
      } else {
        made.merge(step.key(), 0, Integer::sum);
      }
    }
    // Not at all, too: the same files may have come about another way, of which the model does not
    // know.
    assertThat(made)
        .as(what)
        .allSatisfy(
            (key, times) -> assertThat(times).isLessThanOrEqualTo(key.endsWith(" link") ? 9 : 1));
    seen.addAll(made.keySet());
    long hit = cached.steps().stream().filter(BuildResult.Step::cached).count();
    hits += hit;
    steps += build.steps().size();
    if (hit > 0 && hit == build.steps().size()) {
      String digest = build(build, "store", "cached", true, jobs).digest();
      assertThat(digest).as("nothing is new\n%s", what).isEqualTo(cached.digest());
    }
  }

  private void makeBase() throws Exception {
    Path context = Files.createDirectories(directory.resolve("base"));
    // A link that COPY names is followed; one that is in a directory is copied.
    Path root = Files.createDirectories(context.resolve("root"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("p"));
    Path seed = Files.createDirectories(root.resolve("p")).resolve("seed");
    Files.writeString(seed, "seed");
    Files.setAttribute(seed, "unix:mode", 0644);
    if (runs) {
      Path bin = Files.createDirectories(root.resolve("bin"));
      Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
      for (String name : List.of("sh", "id", "ls", "sort")) {
        Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
      }
      Files.setAttribute(Files.createDirectories(root.resolve("tmp")), "unix:mode", 01777);
    }
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY root /\n");
    build(request("base", "fresh-store").resultFiles(layout("system")).build());
  }

  private BuildRequest.Builder request(String context, String store) {
    return BuildRequest.builder()
        .contextDirectory(directory.resolve(context))
        .dockerfile("Dockerfile")
        .noPush(true)
        .kanikoDir(directory.resolve("kaniko"))
        .storeDirectory(directory.resolve(store));
  }

  private BuildResult build(RandomBuild build, String store, String layout, boolean cache, int jobs)
      throws Exception {
    Map<String, String> contexts = Map.of("system", "oci-layout://" + directory.resolve("system"));
    Trees.delete(directory.resolve(layout));
    return build(
        request("context", store)
            .buildArgs(build.args())
            .jobs(jobs)
            .sourceOptions(
                new SourceOptions(
                    contexts, Optional.empty(), SourceOptions.Git.STANDARD, Optional.empty()))
            .cacheOptions(
                cache
                    ? new CacheOptions(
                        true,
                        Optional.of(CacheOptions.LOCAL),
                        CacheOptions.DEFAULT_TTL,
                        Set.of(CacheOptions.Shared.RUN),
                        CachePlaces.NONE,
                        StoreLimits.NONE)
                    : CacheOptions.OFF)
            .resultFiles(layout(layout))
            .build());
  }

  private ResultFiles layout(String name) {
    return new ResultFiles(
        Optional.empty(),
        Optional.of(directory.resolve(name)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private BuildResult build(BuildRequest request) throws Exception {
    return new ImageBuilder(decision, false, Clock.systemUTC()).build(request, event -> {});
  }

  /** Config and layers of an image, without times. */
  private List<String> image(String layout) throws IOException {
    Path blobs = directory.resolve(layout).resolve("blobs/sha256");
    JsonNode index = JSON.readTree(directory.resolve(layout).resolve("index.json").toFile());
    JsonNode manifest = JSON.readTree(blob(blobs, index.at("/manifests/0")).toFile());
    ObjectNode config = (ObjectNode) JSON.readTree(blob(blobs, manifest.get("config")).toFile());
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < manifest.get("layers").size(); i++) {
      lines.add("layer " + i);
      Path layer = blob(blobs, manifest.get("layers").get(i));
      Digest diffId = Digest.parse(config.at("/rootfs/diff_ids").get(i).asText());
      LayerReader.scan(
          layer,
          diffId,
          (entry, content) ->
              lines.add(
                  "%s %s %o %d:%d %s %s"
                      .formatted(
                          entry.path(),
                          entry.type(),
                          entry.mode(),
                          entry.uid(),
                          entry.gid(),
                          entry.linkTarget(),
                          Digest.sha256(content.readAllBytes()).shortHex())));
    }
    config.remove(List.of("created", "rootfs"));
    config.get("history").forEach(step -> ((ObjectNode) step).remove("created"));
    lines.add(config.toString());
    return lines;
  }

  private static Path blob(Path blobs, JsonNode descriptor) {
    return blobs.resolve(descriptor.get("digest").asText().replaceFirst("sha256:", ""));
  }
}
