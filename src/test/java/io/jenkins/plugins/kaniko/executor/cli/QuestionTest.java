package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.build.Call;
import io.jenkins.plugins.kaniko.executor.dockerfile.LintRule;
import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --call}, as the command line answers it, with a registry to look at. */
class QuestionTest {
  private static RegistryServer registry;

  @TempDir Path context;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /**
   * A rule with a Dockerfile that it is raised for and one that it is not.
   *
   * @param arguments of the command line
   */
  record Rule(String name, List<String> arguments, String raised, String silent) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    registry = RegistryServer.start();
    BaseImage.busybox().push(registry, "base:latest");
  }

  @AfterAll
  static void stop() throws IOException {
    registry.close();
  }

  static List<Rule> rules() throws IOException {
    List<Rule> rules = new ArrayList<>();
    for (String block : resource("/cli/checks.txt").split("(?m)^=== ", -1)) {
      if (block.startsWith("#")) {
        continue;
      }
      String[] head = block.split("\n", 2);
      String[] words = head[0].split(" ");
      String[] texts = head[1].split("(?m)^--- silent\n", -1);
      rules.add(
          new Rule(
              words[0],
              List.of(words).subList(1, words.length),
              texts[0],
              texts[texts.length - 1]));
    }
    return rules;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyRuleIsRaisedAndIsNot(Rule rule) throws Exception {
    assertThat(raised(rule.raised(), rule.arguments())).contains(rule.name());
    assertThat(raised(rule.silent(), rule.arguments())).doesNotContain(rule.name());
  }

  @Test
  void theTableHasEveryRule() throws IOException {
    Stream<String> names = Arrays.stream(LintRule.values()).map(LintRule::ruleName);
    assertThat(rules()).extracting(Rule::name).containsExactlyElementsOf(names.sorted().toList());
  }

  private List<String> raised(String dockerfile, List<String> arguments) throws IOException {
    Files.writeString(context.resolve(".dockerignore"), "ignored\n");
    List<String> all = new ArrayList<>(arguments);
    all.add("--call=check,format=json");
    int exitCode = ask(dockerfile, all);
    JsonNode answer = new ObjectMapper().readTree(out.toByteArray());
    assertThat(answer.has("buildError")).as(answer.toPrettyString()).isFalse();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(exitCode).isEqualTo(answer.get("warnings").isEmpty() ? 0 : 1);
    return answer.get("warnings").findValuesAsText("ruleName");
  }

  @Test
  void aCheckIsShownWithItsLines() throws IOException {
    assertThat(ask("FROM scratch\nLABEL a b\nCMD [\"x\"]\n", List.of("--call=check"))).isEqualTo(1);
    assertThat(text())
        .isEqualTo(
            """
            Check complete, 1 warning has been found!

            WARNING: LegacyKeyValueFormat
            LABEL key=value should be used instead of the legacy LABEL key value
            Dockerfile:2
            --------------------
               1 |     FROM scratch
               2 | >>> LABEL a b
               3 |     CMD ["x"]
            --------------------
            """);
    assertThat(ask("FROM scratch\n", List.of("--call=check"))).isZero();
    assertThat(text()).isEqualTo("Check complete, no warnings found.\n");
  }

  @Test
  void aDockerfileThatCannotBeReadIsTheAnswerOfACheck() throws IOException {
    assertThat(ask("FROM scratch\nRUNN x\n", List.of("--call=check"))).isEqualTo(1);
    assertThat(text())
        .startsWith("ERROR: unknown instruction \"RUNN\"; did you mean RUN?\nDockerfile:2:1\n")
        .contains("   2 | >>> RUNN x\n");
    assertThat(ask("FROM scratch\nRUNN x\n", List.of("--call=check,format=json"))).isEqualTo(1);
    JsonNode error = new ObjectMapper().readTree(out.toByteArray()).get("buildError");
    assertThat(error.at("/location/ranges/0/start/line").asInt()).isEqualTo(2);
    assertThat(ask("RUNN x\n", List.of("--call=targets"))).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("error: Dockerfile:1:1: unknown");
  }

  @Test
  void anImageThatIsNotThereLeavesChecksOpenAndIsSaid() throws IOException {
    assertThat(ask("FROM @REGISTRY@/none\nENV a=$b\n", List.of("--call=check"))).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("note: UndefinedVar and InvalidBaseImagePlatform are not checked where");
  }

  @Test
  void theStepsThatWouldBeBuiltAreListed() throws IOException {
    String dockerfile =
        """
        FROM scratch AS unused
        RUN never
        FROM scratch AS first
        COPY a /
        FROM scratch
        COPY --from=first /a \\
          /b
        ENV X=1
        """;
    assertThat(ask(dockerfile, List.of("--dryrun"))).isZero();
    assertThat(text())
        .isEqualTo(
            """
            stage first
            FROM scratch AS first
            COPY a /

            stage 2
            FROM scratch
            COPY --from=first /a   /b
            ENV X=1
            """);
  }

  @Test
  void outlineAndTargetsAreListed() throws IOException {
    String dockerfile =
        """
        # V the version
        ARG V=1
        # first does the work
        FROM scratch AS first
        RUN --mount=type=secret,id=key,required --mount=type=cache,target=/c --mount=type=ssh x
        FROM first
        ARG V OTHER
        """;
    assertThat(ask(dockerfile, List.of("--call=targets"))).isZero();
    assertThat(text())
        .isEqualTo("TARGET        DESCRIPTION\nfirst         does the work\n1 (default)\n");
    assertThat(ask(dockerfile, List.of("--call=outline", "--build-arg=V=2"))).isZero();
    assertThat(text())
        .isEqualTo(
            """
            TARGET:      1

            BUILD ARG   VALUE   DESCRIPTION
            V           2       the version
            OTHER

            SECRET   REQUIRED
            key      true

            SSH       REQUIRED
            default

            CACHE
            /c
            """);
    assertThat(ask(dockerfile, List.of("--call=outline,format=json"))).isZero();
    JsonNode outline = new ObjectMapper().readTree(out.toByteArray());
    assertThat(outline.at("/args/0/value").asText()).isEqualTo("1");
    assertThat(outline.at("/secrets/0/required").asBoolean()).isTrue();
    byte[] source = Base64.getDecoder().decode(outline.at("/sources/0").asText());
    assertThat(new String(source, StandardCharsets.UTF_8)).isEqualTo(dockerfile);
    assertThat(ask(dockerfile, List.of("--call=targets,format=json"))).isZero();
    JsonNode targets = new ObjectMapper().readTree(out.toByteArray()).get("targets");
    assertThat(targets.at("/0/name").asText()).isEqualTo("first");
    assertThat(targets.at("/1").has("name")).isFalse();
    assertThat(targets.at("/1/default").asBoolean()).isTrue();
    assertThat(ask(dockerfile, List.of("--call=outline", "--target=no"))).isEqualTo(2);
  }

  @Test
  void theTableHasEveryQuestionAndItsExitCode() throws IOException {
    Map<String, Integer> codes = new TreeMap<>();
    Pattern row = Pattern.compile("\\| `--call=([a-z]+)` \\|.*\\| ([01])[^|]*\\|");
    for (String line : Files.readAllLines(Path.of("docs/dockerfile.md"))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        codes.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
      }
    }
    Map<String, Integer> actual = new TreeMap<>();
    for (Call.Method method : Call.Method.values()) {
      String name = method.name().toLowerCase(Locale.ROOT);
      if (method != Call.Method.PLAN) {
        actual.put(name, ask("FROM scratch\nLABEL a b\n", List.of("--call=" + name)));
      }
    }
    assertThat(codes).isEqualTo(actual);
    assertThat(ask("FROM scratch\n", List.of("--call=check"))).isZero();
    assertThat(ask("FROM scratch\n", List.of("--call=plan"))).isEqualTo(2);
  }

  private int ask(String dockerfile, List<String> arguments) throws IOException {
    out.reset();
    err.reset();
    String text = dockerfile.replace("@REGISTRY@", registry.hostPort());
    Files.writeString(context.resolve("Dockerfile"), text);
    List<String> all = new ArrayList<>(List.of("--context=" + context));
    all.add("--insecure-registry=" + registry.hostPort());
    all.addAll(arguments);
    Main.Surroundings surroundings =
        new Main.Surroundings(
            Map.of("HOME", context.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    BuildFunction never =
        (request, events) -> {
          throw new AssertionError("it builds");
        };
    return new Main(surroundings, Relauncher.NEVER, never).run(all);
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = QuestionTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
