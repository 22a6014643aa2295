package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Holds docs/kubernetes.md: every snippet parses, and every call of the executor is one. */
class KubernetesPageTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```(\\w*)\n(.*?)```");
  private static final Pattern CALL =
      Pattern.compile("(?s)(?:/kaniko/executor|REGISTRY/executor)((?: (?!')[^\n]+?)+)(?='|\n|$)");
  private static final Set<String> IMAGES = Set.of("executor", "debug", "agent");

  private final List<List<String>> calls = new ArrayList<>();
  private final Set<String> images = new HashSet<>();

  @Test
  void everySnippetParsesAndEveryCallIsTheExecutors() throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(Path.of("docs/kubernetes.md")));
    int snippets = 0;
    while (blocks.find()) {
      String text = blocks.group(2);
      switch (blocks.group(1)) {
        case "yaml" -> new Yaml().loadAll(text).forEach(this::visit);
        case "json" -> visit(new ObjectMapper().readValue(text, Object.class));
        default -> call(text.replace("\\\n", " "));
      }
      snippets++;
    }

    assertThat(snippets).isGreaterThan(8);
    assertThat(images).isEqualTo(IMAGES);
    assertThat(calls).hasSizeGreaterThan(7);
    for (List<String> call : calls) {
      assertThatCode(() -> Flags.commandLine().parseArgs(call.toArray(String[]::new)))
          .as(String.join(" ", call))
          .doesNotThrowAnyException();
    }
  }

  private void visit(Object node) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("image") instanceof String image && image.startsWith("REGISTRY/")) {
        images.add(image.substring("REGISTRY/".length()));
      }
      for (String key : List.of("args", "command")) {
        if (map.get(key) instanceof List<?> words && words.get(0).toString().startsWith("--")) {
          calls.add(words.stream().map(Object::toString).toList());
        }
      }
      map.values().forEach(this::visit);
    } else if (node instanceof List<?> list) {
      list.forEach(this::visit);
    } else if (node instanceof String text) {
      call(text);
    }
  }

  private void call(String text) {
    Matcher matcher = CALL.matcher(text);
    while (matcher.find()) {
      List<String> words = new ArrayList<>();
      for (String word : matcher.group(1).strip().split("\\s+", -1)) {
        words.add(word.replace("\"", ""));
      }
      if (words.get(0).startsWith("--")) {
        calls.add(words);
      }
    }
  }
}
