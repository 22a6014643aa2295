package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kohsuke.stapler.DataBoundSetter;

/** Holds the guide to the code: the examples name what there is, the table has every message. */
class GuideTest {
  private static final Path DOCS = Path.of("docs");
  private static final Path MAIN = Path.of("src/main/java/io/jenkins/plugins/kaniko");
  private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w+)\n(.*?)```");

  @ParameterizedTest
  @ValueSource(strings = {"jenkins-guide.md", "jenkins-moving.md"})
  void pipelinesNameOnlyRealParameters(String page) throws IOException {
    List<String> used = new ArrayList<>();
    for (String block : blocks(page, "groovy")) {
      String[] steps = block.split("kanikoBuild\\b", -1);
      for (int i = 1; i < steps.length; i++) {
        used.addAll(names(steps[i]));
      }
    }

    assertThat(used).contains("destination", "credentialsId");
    assertThat(properties(KanikoBuildStep.class)).containsAll(used);
  }

  @Test
  void everyParameterIsInTheTable() throws IOException {
    String guide = Files.readString(DOCS.resolve("jenkins-guide.md"));

    assertThat(properties(KanikoBuildStep.class))
        .filteredOn(name -> !name.matches("cache(Repo|Ttl|CopyLayers)"))
        .allSatisfy(name -> assertThat(guide).containsPattern("\\n\\|[^|]*`" + name + "`"));
  }

  @Test
  void theConfigurationFileNamesOnlyRealSettingsAndAll() throws IOException {
    String yaml = blocks("jenkins-guide.md", "yaml").get(0);
    Set<String> settings = new TreeSet<>();
    hits("(?m)^    (\\w+):", yaml).forEach(settings::add);

    assertThat(yaml).startsWith("unclassified:\n  kanikoBuild:\n");
    assertThat(settings).isEqualTo(properties(KanikoGlobalConfiguration.class));
    assertThat(hits("(?m)^      (?:- |  )(\\w+):", yaml))
        .containsExactly("registry", "credentialsId");
  }

  @Test
  void everySentenceOfTheControllerIsInTheTable() throws IOException {
    Properties messages = new Properties();
    try (InputStream in = getClass().getResourceAsStream("Messages.properties")) {
      messages.load(in);
    }
    List<String> rows = rows();
    for (String key : messages.stringPropertyNames()) {
      if (key.matches("(Checks|CommandLine|ImageBuild|RunCredentials|StepArguments)\\..*")
          && !key.equals("RunCredentials.allRegistries")) {
        String sentence = messages.getProperty(key).replaceAll("\\{\\d}", "…").replace("''", "'");
        assertThat(rows).as(sentence).anyMatch(row -> begins(sentence, row));
      }
    }
  }

  @Test
  void everySentenceOfTheAgentIsInTheTable() throws IOException {
    List<String> rows = rows();
    List<String> sentences = new ArrayList<>();
    try (Stream<Path> sources = Files.list(MAIN.resolve("agent"))) {
      for (Path source : sources.toList()) {
        String text = Files.readString(source);
        hits("(?s)[ .]failure\\(\\s*\"([^\"]+)\"", text)
            .forEach(tried -> sentences.add("tried to " + tried));
        hits("new AbortException\\(\\s*\"([^\"]+)\"", text).forEach(sentences::add);
      }
    }
    sentences.remove("tried to ");
    hits("->\\s*\"([^\"]+)\"", Files.readString(MAIN.resolve("agent/ExitStatus.java")))
        .forEach(sentences::add);

    assertThat(sentences).hasSizeGreaterThan(20);
    assertThat(sentences)
        .allSatisfy(
            sentence ->
                assertThat(rows)
                    .as(sentence)
                    .anyMatch(row -> begins(sentence, row) || row.startsWith(sentence.strip())));
  }

  @Test
  void whatTheExecutorIsSaidToSayItSays() throws IOException {
    String page = Files.readString(DOCS.resolve("jenkins-troubleshooting.md"));
    String table = page.replaceFirst("(?s).*\n## What the executor says\n", "");
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(MAIN.resolve("executor"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        // One text, however many lines it is written on.
        sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
      }
    }
    List<String> parts =
        hits("(?m)^\\| ([^|]+) \\|", table.substring(0, table.indexOf("\n## "))).stream()
            .flatMap(message -> Stream.of(message.split("[ ,;]*…(?:[ ,;]|but )*|, but ", -1)))
            .filter(part -> part.length() >= 10)
            .toList();

    assertThat(parts).hasSizeGreaterThan(20);
    assertThat(parts).allSatisfy(part -> assertThat(sources.indexOf(part)).as(part).isPositive());
  }

  private static boolean begins(String sentence, String row) {
    return row.length() >= 10 && sentence.startsWith(row.replaceFirst(" *…$", ""));
  }

  /** The first cells of the tables. */
  private static List<String> rows() throws IOException {
    return hits(
        "(?m)^\\| ([^|]+) \\|", Files.readString(DOCS.resolve("jenkins-troubleshooting.md")));
  }

  private static List<String> blocks(String page, String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(DOCS.resolve(page)))
        .results()
        .filter(hit -> hit.group(1).equals(language))
        .map(hit -> hit.group(2))
        .toList();
  }

  private static List<String> hits(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(hit -> hit.group(1)).toList();
  }

  /** The names of the arguments of a step, which the text begins behind. */
  private static Set<String> names(String text) {
    String arguments = text.replaceAll("'[^']*'|\"[^\"]*\"", "''");
    Set<String> names = new TreeSet<>();
    int depth = 0;
    boolean parentheses = arguments.startsWith("(");
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < arguments.length(); i++) {
      char c = arguments.charAt(i);
      depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      int own = parentheses ? 1 : 0;
      boolean ended = parentheses ? depth == 0 : depth < 0;
      if (ended || (c == '\n' && !parentheses && !word.toString().endsWith(","))) {
        return names;
      }
      if (c == ':' && depth == own) {
        names.add(word.toString().replaceFirst("(?s).*\\W", ""));
      }
      if (c != ' ' && c != '\n') {
        word.append(c);
      }
    }
    return names;
  }

  private static Set<String> properties(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Method method : type.getMethods()) {
      if (method.isAnnotationPresent(DataBoundSetter.class)) {
        String name = method.getName().substring(3);
        names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
      }
    }
    return names;
  }
}
