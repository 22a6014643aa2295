package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build in place must neither fill nor take into a layer. */
@Tag("S13")
class OwnPathsTest {
  @TempDir private Path given;
  private Path directory;

  @BeforeEach
  void withoutLinks() throws Exception {
    directory = given.toRealPath();
    Files.createDirectory(directory.resolve("context"));
  }

  @Test
  void everyPlaceThatARequestNamesIsKept() throws Exception {
    BuildRequest request =
        request()
            .contextSubPath("sub")
            .sourceOptions(
                new SourceOptions(
                    Map.of("libs", at("libs"), "hub", "docker-image://base", "root", "/"),
                    Optional.empty(),
                    SourceOptions.Git.STANDARD,
                    Optional.empty()))
            .cacheOptions(
                new CacheOptions(
                    true,
                    Optional.of("oci:" + at("cache")),
                    CacheOptions.DEFAULT_TTL,
                    Set.of(),
                    new CachePlaces(
                        List.of("oci:" + at("from"), "registry.example/x"),
                        List.of("oci:" + at("to")),
                        false,
                        false),
                    StoreLimits.NONE))
            .resultFiles(
                new ResultFiles(
                    Optional.of(Path.of(at("out/image.tar"))),
                    Optional.of(Path.of(at("layout"))),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
            .build();

    assertThat(OwnPaths.of(request, directory.resolve("context/sub")))
        .extracting(path -> directory.relativize(path).toString())
        .containsExactlyInAnyOrder(
            "cache",
            "context",
            "context/sub",
            "from",
            "kaniko",
            "layout",
            "libs",
            "out/image.tar",
            "store",
            "to");
  }

  /** What is still to be made is kept under the name that it will have. */
  @Test
  void linksAreFollowedAlsoOnTheWayToWhatIsNotThereYet() throws Exception {
    Files.createDirectories(directory.resolve("volume/deep"));
    Files.createSymbolicLink(directory.resolve("store"), Path.of("volume"));
    Files.createSymbolicLink(directory.resolve("kaniko"), Path.of("volume/deep"));
    BuildRequest request = request().storeDirectory(Path.of(at("store/to/be"))).build();

    assertThat(OwnPaths.of(request, directory.resolve("kaniko/../unpacked")))
        .contains(
            directory.resolve("volume/to/be"),
            directory.resolve("volume/deep"),
            directory.resolve("unpacked"));
  }

  @Test
  void theRootAsAContextLeavesPlaceForAnImage() throws Exception {
    BuildRequest request = request().contextDirectory(Path.of("/")).build();

    assertThat(OwnPaths.of(request, directory.resolve("context")))
        .containsExactlyInAnyOrder(
            directory.resolve("context"), directory.resolve("kaniko"), directory.resolve("store"));
  }

  /** Its context directory is the working directory, which means nothing then. */
  @Test
  void aContextThatIsFetchedIsKeptWhereItWasUnpacked() throws Exception {
    BuildRequest request =
        request()
            .contextDirectory(directory.resolve("elsewhere"))
            .sourceOptions(
                new SourceOptions(
                    Map.of(),
                    Optional.of("https://h/x.tar"),
                    SourceOptions.Git.STANDARD,
                    Optional.empty()))
            .build();

    assertThat(OwnPaths.of(request, directory.resolve("store/unpacked")))
        .contains(directory.resolve("store/unpacked"))
        .doesNotContain(directory.resolve("elsewhere"));
  }

  private BuildRequest.Builder request() {
    return BuildRequest.builder()
        .contextDirectory(directory.resolve("context"))
        .kanikoDir(directory.resolve("kaniko"))
        .storeDirectory(directory.resolve("store"));
  }

  private String at(String name) {
    return directory.resolve(name).toString();
  }
}
