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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Whatever is edited, a build with a cache makes what a build without one makes, and takes each
 * step from the cache whose inputs have been seen. {@code -Dcache.edits} says how many edits.
 */
class CacheModelTest {
  private static final int TRIES = 10;

  /** So that a suite that fails fails again; other ones by {@code -Dcache.seed}. */
  private static final long SEED = Long.getLong("cache.seed", 0);

  private static final int EDITS = Integer.getInteger("cache.edits", 300) / TRIES;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path directory;
  private String before = "";

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, seed = "20")
  void aCachedBuildIsWhatItWouldBeWithoutACache(@ForAll long seed) throws Exception {
    directory = Files.createTempDirectory("cache-model");
    try {
      Random random = new Random(seed ^ SEED);
      makeBase();
      RandomBuild build = new RandomBuild(random, "system", false);
      Set<String> seen = new HashSet<>();
      for (int i = 0; i <= EDITS; i++) {
        if (i > 0) {
          build.edit();
        }
        check(build, seen, 1 + random.nextInt(2), "edit " + i + " of seed " + seed);
      }
    } finally {
      Trees.delete(directory);
    }
  }

  private void check(RandomBuild build, Set<String> seen, int jobs, String name) throws Exception {
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
      if (seen.contains(step.key())) {
        assertThat(hit).as("%s\nseen: %s", what, step).isTrue();
      } else if (!hit) {
        made.merge(step.key(), 1, Integer::sum);
      } else {
        made.merge(step.key(), 0, Integer::sum);
      }
    }
    // Not at all, too: the same files may have come about another way, of which the model does not
    // know.
    assertThat(made.values()).as("%s\n%s", what, made).allMatch(times -> times <= 1);
    seen.addAll(made.keySet());
    long hits = cached.steps().stream().filter(BuildResult.Step::cached).count();
    if (hits > 0 && hits == build.steps().size()) {
      String digest = build(build, "store", "cached", true, jobs).digest();
      assertThat(digest).as("nothing is new\n%s", what).isEqualTo(cached.digest());
    }
  }

  private void makeBase() throws Exception {
    Path context = Files.createDirectories(directory.resolve("base"));
    Files.createDirectories(context.resolve("p"));
    Files.writeString(context.resolve("p/seed"), "seed");
    Files.setAttribute(context.resolve("p/seed"), "unix:mode", 0644);
    Files.createSymbolicLink(context.resolve("link"), Path.of("p"));
    Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY p /p/\nCOPY link /\n");
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

  private static BuildResult build(BuildRequest request) throws Exception {
    Decision none = new Decision(Rung.NONE, List.of());
    return new ImageBuilder(none, false, Clock.systemUTC()).build(request, event -> {});
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
