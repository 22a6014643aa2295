package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.cli.KanikoFlag.Fate;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KanikoFlagsTest {
  private static final Path DOCUMENT = Path.of("docs/kaniko-migration.md");

  @ParameterizedTest
  @ValueSource(strings = {"1.24", "1.28"})
  void everyFlagOfKanikoIsKnownByEveryOfItsNames(String version) throws Exception {
    List<String> flags = resource("/cli/kaniko-" + version + "-flags.txt").lines().toList();

    assertThat(flags).hasSizeGreaterThan(50);
    assertThat(names(KanikoFlags.ALL)).containsAll(flags);
  }

  @Test
  void everyFlagIsReadAsTheTableSays() {
    Set<String> options = Flags.commandLine().getCommandSpec().optionsMap().keySet();
    for (KanikoFlag flag : KanikoFlags.ALL) {
      if (flag.fate() == Fate.REFUSED) {
        assertThat(options).doesNotContainAnyElementsOf(flag.names());
      } else {
        assertThat(options).as(flag.name()).containsAll(flag.names());
      }
    }
    assertThat(names(KanikoFlags.ALL)).doesNotHaveDuplicates();
    assertThat(WarmerCommand.commandLine().getCommandSpec().optionsMap().keySet())
        .containsAll(names(KanikoFlags.WARMER));
  }

  /** Run with {@code -Dkaniko.docs=write}, it writes the document anew. */
  @Test
  void theDocumentSaysWhatTheTablesSay() throws Exception {
    String expected =
        resource("/cli/kaniko-migration.md")
            .replace("@FLAGS@\n", flagTable(KanikoFlags.ALL))
            .replace("@WARMER@\n", flagTable(KanikoFlags.WARMER))
            .replace("@VARIABLES@\n", variableTable());

    if ("write".equals(System.getProperty("kaniko.docs"))) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(DOCUMENT).hasContent(expected);
  }

  private static List<String> names(List<KanikoFlag> flags) {
    List<String> names = new ArrayList<>();
    flags.forEach(flag -> names.addAll(flag.names()));
    return names;
  }

  private static String flagTable(List<KanikoFlag> flags) {
    StringBuilder table = new StringBuilder("| flag | here | what to know |\n|---|---|---|\n");
    for (KanikoFlag flag : flags) {
      String names =
          flag.names().stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
      String here =
          switch (flag.fate()) {
            case IMPLEMENTED -> "works";
            case ACCEPTED -> "accepted";
            case REFUSED -> "refused";
          };
      table.append("| %s | %s | %s |\n".formatted(names, here, flag.reason()));
    }
    return table.toString();
  }

  private static String variableTable() {
    StringBuilder table = new StringBuilder("| variable | here | what to know |\n|---|---|---|\n");
    Set<String> seen = new HashSet<>();
    for (KanikoVariable variable : KanikoVariable.ALL) {
      assertThat(seen.add(variable.name())).as(variable.name()).isTrue();
      String here = variable.read() ? "read" : "not read";
      table.append("| `%s` | %s | %s |\n".formatted(variable.name(), here, variable.remark()));
    }
    return table.toString();
  }

  private static String resource(String name) throws Exception {
    try (InputStream in = KanikoFlagsTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
