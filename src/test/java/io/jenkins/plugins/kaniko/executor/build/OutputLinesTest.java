package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLinesTest {
  private final List<String> lines = new ArrayList<>();
  private final OutputLines output = new OutputLines(lines::add);

  @Test
  void aLineIsWholeHoweverItComes() throws IOException {
    write("one: ");
    write("two\nthr");
    write("ee\r\n\nlast");
    output.close();

    assertThat(lines).containsExactly("one: two", "three", "", "last");
  }

  @Test
  void theTailIsTheLastTenLines() throws IOException {
    for (int i = 1; i <= 12; i++) {
      write("line " + i + "\n");
    }

    assertThat(output.tail().lines())
        .hasSize(11)
        .contains("    line 3")
        .doesNotContain("    line 2");
  }

  @Test
  void withoutOutputThereIsNoTail() {
    output.close();

    assertThat(output.tail()).isEmpty();
  }

  @Test
  void anEndlessLineIsCut() throws IOException {
    write("x".repeat(200_000));
    output.close();

    assertThat(lines).hasSize(4).allMatch(line -> line.length() <= 64 * 1024);
  }

  private void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.write(bytes, 0, bytes.length);
    output.flush();
  }
}
