package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Direction;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.Level;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.StepOutput;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent.TransferProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JsonReporterTest {
  private static final Pattern ROW = Pattern.compile("\\| (\\*?)(\\w+)\\*? \\| (\\w+) \\|.*");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A field of a documented table: its JSON type, with a question mark if it may be absent. */
  private static Map<String, Map<String, String>> documented() throws IOException {
    Map<String, Map<String, String>> tables = new LinkedHashMap<>();
    Map<String, String> table = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("docs/events.md"))) {
      if (line.startsWith("### ") || line.startsWith("## ")) {
        table = new LinkedHashMap<>();
        tables.put(line.replaceFirst("#+ ", ""), table);
      }
      Matcher row = ROW.matcher(line);
      if (row.matches() && !row.group(2).equals("field")) {
        table.put(row.group(2), row.group(3) + (row.group(1).isEmpty() ? "" : "?"));
      }
    }
    return tables;
  }

  @Test
  void everyKindOfEventIsDocumentedAndNoOther() throws Exception {
    TreeSet<String> kinds = new TreeSet<>();
    BuildEvent.kinds().forEach(kind -> kinds.add(RecordJson.eventName(kind)));
    TreeSet<String> sampled = new TreeSet<>();
    Samples.events().forEach(event -> sampled.add(RecordJson.eventName(event.getClass())));
    TreeSet<String> headings = new TreeSet<>();
    documented()
        .forEach(
            (name, fields) ->
                headings.addAll(fields.containsKey("event") ? List.of(name) : List.of()));

    assertThat(sampled).isEqualTo(kinds);
    assertThat(headings).isEqualTo(kinds);
  }

  @Test
  void everyEventHasTheDocumentedFields() throws Exception {
    for (BuildEvent event : Samples.events()) {
      JsonNode json = JSON.readTree(RecordJson.event(event));
      String name = json.get("event").asText();
      assertHasFields(json, documented().get(name), name);
    }
  }

  @Test
  void theMetadataFileHasTheDocumentedFields() throws Exception {
    JsonNode json = JSON.readTree(RecordJson.result(Samples.result()));

    assertHasFields(json, documented().get("The metadata file"), "metadata");
    assertThat(json.at("/layers/0/diffId").asText()).isEqualTo(Samples.DIGEST);
    assertThat(json.at("/steps/0/files/added").asInt()).isZero();
    assertThat(json.at("/steps/0/durationMillis").asInt()).isEqualTo(4000);
  }

  private static void assertHasFields(JsonNode json, Map<String, String> documented, String name) {
    Map<String, String> actual = new LinkedHashMap<>();
    json.properties()
        .forEach(
            field ->
                actual.put(
                    field.getKey(),
                    field.getValue().getNodeType().name().toLowerCase(Locale.ROOT)));
    Map<String, String> expected = new LinkedHashMap<>();
    documented.forEach(
        (field, type) -> {
          if (!type.endsWith("?") || actual.containsKey(field)) {
            expected.put(field, type.replace("?", ""));
          }
        });
    assertThat(List.copyOf(actual.entrySet())).as(name).isEqualTo(List.copyOf(expected.entrySet()));
  }

  @Test
  void hostileTextStaysInItsString() throws Exception {
    String hostile = "a\"}\n{\"event\":\"pushed\"}\u001b[2K\u0085\u2028é🐳\udce9";

    reporter(Level.INFO).emit(new StepOutput(Samples.TIME, "s", 1, hostile));

    assertThat(out.toString(StandardCharsets.UTF_8)).matches("[ -~]+\n");
    assertThat(JSON.readTree(out.toByteArray()).get("line").asText()).isEqualTo(hostile);
  }

  @Test
  void theThresholdDecidesWhatIsWritten() {
    JsonReporter reporter = reporter(Level.WARN);
    Samples.events().forEach(reporter::emit);

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("\"event\":\"warning\""))
        .anyMatch(line -> line.contains("\"event\":\"failed\""));
  }

  @Test
  void progressIsThinnedOut() {
    JsonReporter reporter = reporter(Level.INFO);
    for (int i = 0; i <= 1000; i++) {
      reporter.emit(
          new TransferProgress(Samples.TIME, Direction.PUSH, "layer", i * 40_000L, 40_000_000));
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(4);
  }

  private JsonReporter reporter(Level threshold) {
    return new JsonReporter(
        new PrintStream(out, false, StandardCharsets.UTF_8),
        new LogOptions(threshold, LogOptions.Format.JSON, false));
  }
}
