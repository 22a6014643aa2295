package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.build.CacheOptions.Shared;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.sandbox.Decision;
import io.jenkins.plugins.kaniko.executor.sandbox.Rung;
import io.jenkins.plugins.kaniko.executor.testing.FaultyRegistry;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a build does with a shared cache whose promises are not kept. */
@Timeout(120)
class SharedCacheTest {
  private static RegistryServer server;
  private static FaultyRegistry registry;

  @TempDir private Path directory;
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private int builds;

  @BeforeAll
  static void start() throws IOException {
    server = RegistryServer.start();
    registry = new FaultyRegistry(server);
  }

  @AfterAll
  static void stop() throws IOException {
    registry.close();
    server.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    registry.fault((exchange, forward) -> false);
    Path context = Files.createDirectories(directory.resolve("context"));
    Files.writeString(context.resolve("source"), "source".repeat(1000));
    Files.writeString(
        context.resolve("Dockerfile"), "FROM scratch\nCOPY source /source\nWORKDIR /w\n");
  }

  /** Builds on an empty machine. */
  private BuildResult build(String cache) throws Exception {
    return build(cache, CachePlaces.NONE, EnumSet.allOf(Shared.class), List.of());
  }

  private BuildResult build(
      String cache, CachePlaces places, Set<Shared> shared, List<String> destinations)
      throws Exception {
    builds++;
    warnings.clear();
    CacheOptions options =
        new CacheOptions(
            true, Optional.of(cache), CacheOptions.DEFAULT_TTL, shared, places, StoreLimits.NONE);
    BuildRequest request =
        BuildRequest.builder()
            .contextDirectory(directory.resolve("context"))
            .dockerfile("Dockerfile")
            .destinations(destinations)
            .noPush(destinations.isEmpty())
            .insecure(new RegistryScope(false, false, Set.of(registry.hostPort())))
            .kanikoDir(directory.resolve("kaniko"))
            .storeDirectory(directory.resolve("store" + builds))
            .cacheOptions(options)
            .resultFiles(
                new ResultFiles(
                    Optional.empty(),
                    Optional.of(directory.resolve("image" + builds)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
            .build();
    return new ImageBuilder(new Decision(Rung.NONE, List.of()), false, Clock.systemUTC())
        .build(
            request,
            event -> {
              if (event instanceof BuildEvent.Message message
                  && message.level() == BuildEvent.Level.WARN
                  && message.text().startsWith("cache: ")) {
                warnings.add(message.text());
              }
            });
  }

  /** The layers of a cache in a directory, largest first. */
  private static List<Path> blobs(Path layout) throws IOException {
    try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
      List<Path> layers = new ArrayList<>();
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes[0] == 0x1f) {
          layers.add(file);
        }
      }
      return layers;
    }
  }

  private void assertMadeAnew(String cache) throws Exception {
    BuildResult result = build(cache);
    assertThat(result.cacheHits()).isZero();
    assertThat(warnings).as("said once").hasSize(1);
    assertThat(warnings.element()).contains("begins anew, without it");
    for (BuildResult.Layer layer : result.layers()) {
      Path blob =
          directory.resolve(
              "image" + builds + "/blobs/" + layer.digest().replace("sha256:", "sha256/"));
      assertThat(blob).hasSize(layer.size());
    }
  }

  @Test
  void aLayerThatACacheInADirectoryHasLostOrDamagedIsMadeAnewAndMended() throws Exception {
    Path layout = directory.resolve("layout");
    String cache = "oci:" + layout;
    assertThat(build(cache).cacheHits()).isZero();
    assertThat(build(cache).cacheHits()).isEqualTo(2);
    assertThat(warnings).isEmpty();

    for (Path blob : blobs(layout)) {
      Files.write(blob, new byte[] {0x1f, 1, 2});
    }
    assertMadeAnew(cache);
    assertThat(build(cache).cacheHits()).as("mended").isEqualTo(2);

    for (Path blob : blobs(layout)) {
      byte[] bytes = Files.readAllBytes(blob);
      bytes[bytes.length / 2] ^= 0x55;
      Files.write(blob, bytes);
    }
    assertMadeAnew(cache);
    assertThat(build(cache).cacheHits()).as("mended").isEqualTo(2);

    for (Path blob : blobs(layout)) {
      Files.delete(blob);
    }
    assertThat(build(cache).cacheHits()).as("seen at once").isZero();
    assertThat(build(cache).cacheHits()).as("mended").isEqualTo(2);
  }

  @Test
  void aLayerThatARegistryHasLostOrDamagedIsMadeAnew() throws Exception {
    String cache = registry.hostPort() + "/cache";
    assertThat(build(cache).cacheHits()).isZero();
    BuildResult whole = build(cache);
    assertThat(whole.cacheHits()).isEqualTo(2);
    String layer = ".*/blobs/" + whole.layers().get(0).digest();

    registry.fault(
        (exchange, forward) -> {
          boolean asked =
              exchange.getRequestMethod().equals("GET")
                  && exchange.getRequestURI().toString().matches(layer);
          if (asked) {
            FaultyRegistry.answer(exchange, 404, "");
          }
          return asked;
        });
    assertMadeAnew(cache);

    long size = whole.layers().get(0).size();
    registry.fault(
        (exchange, forward) -> {
          boolean asked =
              exchange.getRequestMethod().equals("GET")
                  && exchange.getRequestURI().toString().matches(layer);
          if (asked) {
            FaultyRegistry.answer(exchange, 200, "x".repeat((int) size));
          }
          return asked;
        });
    assertMadeAnew(cache);
  }

  @Test
  void aBuildThatIsInterruptedWhileItFetchesEnds() throws Exception {
    String cache = registry.hostPort() + "/interrupted";
    BuildResult made = build(cache);
    String layer = ".*/blobs/" + made.layers().get(0).digest();
    Thread builder = Thread.currentThread();
    registry.fault(
        (exchange, forward) -> {
          if (exchange.getRequestURI().toString().matches(layer)) {
            builder.interrupt();
            return false;
          }
          return false;
        });
    assertThatThrownBy(() -> build(cache)).isInstanceOf(InterruptedException.class);
    assertThat(warnings).isEmpty();
  }

  /** What BuildKit writes, as an index and as an image: neither can be read, and neither harms. */
  @Test
  void aCacheOfAnotherProgramIsOneWarning() throws Exception {
    String config = "{\"layers\":[],\"records\":[]}";
    String digest = Digest.sha256(config.getBytes(StandardCharsets.UTF_8)).toString();
    String descriptor =
        "{\"mediaType\":\"application/vnd.buildkit.cacheconfig.v0\",\"digest\":\"%s\",\"size\":%d}"
            .formatted(digest, config.length());
    String index = "application/vnd.oci.image.index.v1+json";
    String image = "application/vnd.oci.image.manifest.v1+json";
    Map<String, String> foreign =
        Map.of(
            index,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(index, descriptor),
            image,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[]}"
                .formatted(image, descriptor));
    CachePlaces from =
        new CachePlaces(List.of(registry.hostPort() + "/foreign:cache"), List.of(), false, false);
    for (Map.Entry<String, String> each : foreign.entrySet()) {
      registry.fault(
          (exchange, forward) -> {
            String path = exchange.getRequestURI().getPath();
            if (path.endsWith("/foreign/manifests/cache")) {
              FaultyRegistry.answer(exchange, 200, each.getValue(), "Content-Type", each.getKey());
              return true;
            }
            if (path.endsWith("/foreign/blobs/" + digest)) {
              FaultyRegistry.answer(exchange, 200, config);
              return true;
            }
            return false;
          });
      BuildResult result = build(CacheOptions.LOCAL, from, EnumSet.allOf(Shared.class), List.of());
      assertThat(result.cacheHits()).isZero();
      assertThat(warnings).as(each.getKey()).hasSize(1);
      assertThat(warnings.element()).contains("/foreign");
    }
  }

  private void dockerfile(String text) throws IOException {
    Files.writeString(directory.resolve("context/Dockerfile"), text);
  }

  /** The config of the image that was built last. */
  private JsonNode config(BuildResult result) throws IOException {
    String blob = result.imageId().replace("sha256:", "sha256/");
    return new ObjectMapper()
        .readTree(directory.resolve("image" + builds + "/blobs/" + blob).toFile());
  }

  @Test
  void anImageCarriesItsOwnCache() throws Exception {
    String stages =
        """
        FROM scratch AS made
        COPY source /elsewhere
        WORKDIR /x
        WORKDIR /x
        FROM scratch
        ARG LABEL=1
        COPY --from=made /elsewhere /out/
        WORKDIR /w
        COPY source /source
        LABEL l=$LABEL
        """;
    dockerfile(stages);
    String image = registry.hostPort() + "/inline:1";
    CachePlaces into = new CachePlaces(List.of(), List.of(), true, true);
    Set<Shared> run = EnumSet.of(Shared.WRITE, Shared.RUN);
    BuildResult first = build(CacheOptions.LOCAL, into, run, List.of(image));
    String key = "io.jenkins.plugins.kaniko.records";
    JsonNode records = config(first).get(key);
    assertThat(records).as("two keys of COPY --from").hasSize(4);

    CachePlaces again = new CachePlaces(List.of(image), List.of(), true, true);
    BuildResult second =
        build(CacheOptions.LOCAL, again, run, List.of(registry.hostPort() + "/inline:2"));
    assertThat(second.cacheHits()).as("not what the other stage made").isEqualTo(3);
    assertThat(second.layers()).isEqualTo(first.layers());
    assertThat(warnings).isEmpty();
    assertThat(config(second).get(key)).as("handed on").isEqualTo(records);

    CachePlaces from = new CachePlaces(List.of(image), List.of(), false, false);
    BuildResult plain = build(CacheOptions.LOCAL, from, run, List.of());
    assertThat(plain.cacheHits()).isEqualTo(3);
    assertThat(config(plain).has(key)).isFalse();

    dockerfile(stages.replace("COPY source /elsewhere", "WORKDIR /y\nCOPY ./source /elsewhere"));
    BuildResult sameFiles = build(CacheOptions.LOCAL, from, run, List.of());
    assertThat(sameFiles.cacheHits()).as("the same files of another stage").isEqualTo(3);
    assertThat(sameFiles.layers()).isEqualTo(first.layers());
    dockerfile(stages.replace("COPY source /elsewhere", "COPY Dockerfile /elsewhere"));
    BuildResult otherFiles = build(CacheOptions.LOCAL, from, run, List.of());
    assertThat(otherFiles.cacheHits()).as("other files under the same names").isZero();
    dockerfile(stages);

    BuildResult readonly = build(CacheOptions.LOCAL, again, EnumSet.of(Shared.RUN), List.of());
    assertThat(readonly.cacheHits()).isEqualTo(3);
    assertThat(config(readonly).has(key)).as("--cache-readonly").isFalse();

    dockerfile("FROM " + image + "\nCOPY source /more\n");
    BuildResult child = build(CacheOptions.LOCAL, CachePlaces.NONE, run, List.of());
    assertThat(config(child).has(key)).as("not inherited").isFalse();

    CachePlaces none =
        new CachePlaces(List.of(registry.hostPort() + "/no:1"), List.of(), false, false);
    build(CacheOptions.LOCAL, none, run, List.of());
    assertThat(warnings).hasSize(1);
    assertThat(warnings.element()).contains("has nothing of this build");
  }
}
