package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.CacheOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineParserTest {
  @TempDir Path temporary;

  record Row(String arguments, String subject, String expected) {}

  static Stream<Row> table() throws IOException {
    try (InputStream in = CommandLineParserTest.class.getResourceAsStream("/cli/flags.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" \\| "))
          .map(cells -> new Row(cells[0], cells[1], cells[2]));
    }
  }

  @BeforeEach
  void createContext() throws IOException {
    Files.createDirectory(temporary.resolve("sub"));
  }

  @ParameterizedTest
  @CsvSource({
    "--cache --build-arg BUILDKIT_INLINE_CACHE=1,",
    "--cache-to type=inline, local",
    "--cache --cache-to type=inline, local",
    "--cache-to type=inline --cache-repo r.example.org/other, r.example.org/other"
  })
  void onlyAFlagThatPutsTheCacheIntoTheImageStandsForTheSharedOne(String flags, String repository)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--context=" + temporary));
    arguments.addAll(List.of("--destination", "r.example.org/app"));
    arguments.addAll(List.of(flags.split(" ")));
    CacheOptions options = parse(Map.of(), arguments).request().cacheOptions();
    assertThat(options.enabled()).isTrue();
    assertThat(options.places().inline()).isTrue();
    assertThat(options.repository())
        .as("empty: that of the destination")
        .isEqualTo(Optional.ofNullable(repository));
  }

  @ParameterizedTest
  @MethodSource("table")
  void argumentsMeanWhatTheTableSays(Row row) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--context=CTX", "--no-push"));
    arguments.addAll(List.of(row.arguments().split(" ")));
    arguments.replaceAll(argument -> argument.replace("CTX", temporary.toString()));
    String expected = row.expected().replace("CTX", temporary.toString()).replace("\\t", "\t");

    if (row.subject().equals("error")) {
      assertThatThrownBy(() -> parse(Map.of(), arguments))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining(expected)
          .hasMessageNotContaining("hunter2");
      return;
    }
    Invocation.Build build = parse(Map.of("SET", "from env"), arguments);
    Object actual =
        row.subject().equals("log")
            ? build.log()
            : BuildRequest.class.getMethod(row.subject()).invoke(build.request());
    assertThat(actual).hasToString(expected);
  }

  @Test
  void theEnvironmentDecidesWhereNoFlagDoes() throws Exception {
    Map<String, String> environment =
        Map.of("KANIKO_NO_PUSH", "true", "KANIKO_DIR", "/env/kaniko", "XDG_CACHE_HOME", "/cache");

    BuildRequest byEnvironment = parse(environment, List.of("-c", temporary.toString())).request();
    assertThat(byEnvironment.noPush()).isTrue();
    assertThat(byEnvironment.kanikoDir()).isEqualTo(Path.of("/env/kaniko"));
    assertThat(byEnvironment.storeDirectory()).isEqualTo(Path.of("/cache/kaniko-build"));

    BuildRequest byFlag =
        parse(
                environment,
                List.of("-c", temporary.toString(), "--kaniko-dir=/flag", "--store-dir=/store"))
            .request();
    assertThat(byFlag.kanikoDir()).isEqualTo(Path.of("/flag"));
    assertThat(byFlag.storeDirectory()).isEqualTo(Path.of("/store"));
  }

  @ParameterizedTest
  @CsvSource({
    ", --no-push, true",
    "'', --no-push, true",
    "true, , true",
    "true, --no-push=false, true",
    "1, , true",
    "false, --no-push, false",
    "false, , false",
  })
  void theVariableThatForbidsPushesCountsMoreThanTheFlag(
      String value, String flag, boolean expected) throws Exception {
    Map<String, String> environment = value == null ? Map.of() : Map.of("KANIKO_NO_PUSH", value);
    List<String> arguments = new ArrayList<>(List.of("-c", temporary.toString(), "-d=x"));
    Optional.ofNullable(flag).ifPresent(arguments::add);

    assertThat(parse(environment, arguments).request().noPush()).isEqualTo(expected);
  }

  @Test
  void withoutXdgTheStoreIsInTheHomeDirectory() throws Exception {
    List<String> arguments = List.of("-c", temporary.toString(), "--no-push");

    BuildRequest request =
        parse(Map.of("HOME", "/home/me", "XDG_CACHE_HOME", "relative"), arguments).request();

    assertThat(request.storeDirectory()).isEqualTo(Path.of("/home/me/.cache/kaniko-build"));
  }

  @Test
  void mirrorsOfTheEnvironmentComeAfterThoseOfFlags() throws Exception {
    Map<String, String> environment =
        Map.of("KANIKO_REGISTRY_MIRROR", "m2", "KANIKO_REGISTRY_MAP", "quay.io=q;gcr.io=g");
    List<String> arguments =
        List.of("-c", temporary.toString(), "--no-push", "--registry-mirror=m1");

    assertThat(parse(environment, arguments).request().registrySettings().sources().mappings())
        .extracting(mapping -> mapping.original() + " " + mapping.replacement())
        .containsExactly("quay.io q", "gcr.io g", "docker.io m1", "docker.io m2");
  }

  @Test
  void aVariableWithAValueThatMeansNothingIsNamed() {
    List<String> arguments = List.of("-c", temporary.toString());

    assertThatThrownBy(() -> parse(Map.of("KANIKO_NO_PUSH", "maybe"), arguments))
        .hasMessageContaining("KANIKO_NO_PUSH");
  }

  @Test
  void helpNamesEveryExitCode() throws Exception {
    Invocation help = CommandLineParser.parse(List.of("--help"), Map.of());

    String text = ((Invocation.Print) help).text();
    for (ExitCode code : ExitCode.values()) {
      assertThat(text).containsPattern("(?m)^ *" + code.value() + " +\\w");
    }
    assertThat(text).contains("--destination", "--metadata-file", "--isolation");
  }

  @Test
  void aVariableOfKanikoThatChangesNothingIsNoted() throws Exception {
    Map<String, String> environment =
        Map.of("FF_KANIKO_RUN_VIA_TINI", "1", "BENCHMARK_FILE", "", "KANIKO_DIR", "/k");

    assertThat(
            parse(environment, List.of("-c", temporary.toString(), "--no-push"))
                .request()
                .imageOptions()
                .notes())
        .containsExactly(
            "the variable FF_KANIKO_RUN_VIA_TINI changes nothing: what these correct is right here without being asked for");
  }

  @Test
  void aBucketCountsWhereNoDirectoryIsGiven() throws Exception {
    Optional<String> remote =
        parse(Map.of(), List.of("-b", "bucket", "--no-push"))
            .request()
            .sourceOptions()
            .remoteContext();

    assertThat(remote).contains("gs://bucket");
  }

  private static Invocation.Build parse(Map<String, String> environment, List<String> arguments)
      throws UsageException {
    return (Invocation.Build) CommandLineParser.parse(arguments, environment);
  }
}
