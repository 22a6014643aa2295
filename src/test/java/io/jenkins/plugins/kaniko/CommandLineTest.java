package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;

import hudson.AbortException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.MockedStatic;

class CommandLineTest {
  private final KanikoGlobalConfiguration defaults = mock(KanikoGlobalConfiguration.class);
  private final KanikoBuildSpec spec = new KanikoBuildSpec();

  @Test
  void theShortestBuildHasAContextAndADestination() throws AbortException {
    spec.setDestinations(List.of("r.example/app:1"));

    assertThat(CommandLine.of(spec, defaults))
        .containsExactly("--context=.", "--destination=r.example/app:1");
  }

  @Test
  void everyParameterLandsWithItsFlag() throws AbortException {
    spec.setDestinations(List.of("r.example/app:1", "r.example/app:latest"));
    spec.setContext("app");
    spec.setDockerfile("app/Dockerfile");
    spec.setTarget("release");
    spec.setBuildArgs(List.of("A=1", "B"));
    spec.setLabels(List.of("team=x"));
    spec.setPlatform("linux/arm64");
    spec.setTarPath("image.tar");
    spec.setOciLayoutPath("layout");
    spec.setDigestFile("digest");
    spec.setInsecure(true);
    spec.setSkipTlsVerify(true);
    spec.setIsolation("userns");
    spec.setVerbosity("debug");
    spec.setExtraArgs(List.of("--ignore-path=/var/run", "--force"));

    assertThat(CommandLine.of(spec, defaults))
        .containsExactly(
            "--context=app",
            "--dockerfile=app/Dockerfile",
            "--target=release",
            "--build-arg=A=1",
            "--build-arg=B",
            "--label=team=x",
            "--custom-platform=linux/arm64",
            "--destination=r.example/app:1",
            "--destination=r.example/app:latest",
            "--tar-path=image.tar",
            "--oci-layout-path=layout",
            "--digest-file=digest",
            "--insecure",
            "--skip-tls-verify",
            "--isolation=userns",
            "--verbosity=debug",
            "--ignore-path=/var/run",
            "--force");
  }

  @Test
  void aBuildWithoutPushNeedsNoDestination() throws AbortException {
    spec.setPush(false);

    assertThat(CommandLine.of(spec, defaults)).containsExactly("--context=.", "--no-push");
  }

  @Test
  void aBuildThatPushesNeedsOne() {
    assertThatThrownBy(() -> CommandLine.of(spec, defaults))
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("nowhere to push to");
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingStarts() {
    spec.setDestinations(List.of("r.example/App"));

    assertThatThrownBy(() -> CommandLine.of(spec, defaults))
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("upper-case");
  }

  @Test
  void theGlobalConfigurationFillsWhatTheBuildLeavesOpen() throws AbortException {
    spec.setPush(false);
    when(defaults.getIsolation()).thenReturn("userns");
    when(defaults.getStoreDirectory()).thenReturn("/var/store");

    assertThat(CommandLine.of(spec, defaults))
        .containsExactly(
            "--context=.", "--no-push", "--isolation=userns", "--store-dir=/var/store");

    spec.setIsolation("none");

    assertThat(CommandLine.of(spec, defaults)).contains("--isolation=none");
  }

  static Stream<Arguments> parameters() {
    return Stream.of(
        parameter("cache", "--cache", spec -> spec.setCache(true)),
        parameter("secrets", "--secret", s -> s.setSecrets(List.of(new BuildSecret("a", "b")))),
        parameter("ssh", "--ssh", spec -> spec.setSsh("key")),
        parameter(
            "buildContexts", "--build-context", spec -> spec.setBuildContexts(List.of("a=b"))),
        parameter(
            "registryMirrors", "--registry-mirror", spec -> spec.setRegistryMirrors(List.of("m"))),
        parameter("compression", "--compression", spec -> spec.setCompression("zstd")));
  }

  private static Arguments parameter(
      String parameter, String flag, Consumer<KanikoBuildSpec> change) {
    return Arguments.of(parameter, flag, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parameters")
  void aParameterWhoseFlagIsMissingIsAnErrorAndNoOther(
      String parameter, String flag, Consumer<KanikoBuildSpec> change) throws AbortException {
    spec.setPush(false);
    change.accept(spec);

    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      flags.when(() -> ExecutorFlags.has(anyString(), eq(false))).thenReturn(true);
      assertThat(CommandLine.of(spec, defaults)).contains("--no-push");

      flags.when(() -> ExecutorFlags.has(flag, false)).thenReturn(false);
      assertThatThrownBy(() -> CommandLine.of(spec, defaults))
          .isInstanceOf(AbortException.class)
          .hasMessageContaining("tried to pass " + parameter)
          .hasMessageContaining(flag)
          .hasMessageContaining("yet");
    }
  }

  @Test
  void theSizeLimitOfTheStoreReachesAnExecutorThatHasOne() throws AbortException {
    spec.setPush(false);
    when(defaults.getStoreSizeLimit()).thenReturn("20GB");

    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      flags.when(() -> ExecutorFlags.has(anyString(), eq(false))).thenReturn(true);

      assertThat(CommandLine.of(spec, defaults)).contains("--store-size-limit=20GB");
    }
  }

  @Test
  void aKanikoExecutorGetsItsOwnFlags() throws AbortException {
    spec.setPush(false);
    spec.setExecutor("/kaniko/executor");
    spec.setCache(true);
    spec.setCacheRepo("r.example/cache");
    spec.setCacheCopyLayers(true);
    spec.setCompression("zstd");
    when(defaults.getCacheTtl()).thenReturn("24h");
    when(defaults.getRegistryMirrors()).thenReturn(List.of("mirror.example"));
    when(defaults.getIsolation()).thenReturn("userns");
    when(defaults.getStoreDirectory()).thenReturn("/var/store");

    assertThat(CommandLine.of(spec, defaults))
        .containsExactly(
            "--context=.",
            "--no-push",
            "--compression=zstd",
            "--registry-mirror=mirror.example",
            "--cache",
            "--cache-repo=r.example/cache",
            "--cache-ttl=24h",
            "--cache-copy-layers");
  }

  @Test
  void aKanikoExecutorHasNoIsolation() {
    spec.setPush(false);
    spec.setExecutor("/kaniko/executor");
    spec.setIsolation("userns");

    assertThatThrownBy(() -> CommandLine.of(spec, defaults))
        .hasMessageContaining("kaniko's executor has no such flag");
  }
}
