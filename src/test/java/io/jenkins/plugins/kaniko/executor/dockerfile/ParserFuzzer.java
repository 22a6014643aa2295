package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Any text as a Dockerfile: it is read or refused, every instruction expands or is refused, every
 * question about the whole is answered, and what was read prints to something that reads the same.
 */
public final class ParserFuzzer {
  private ParserFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] data) throws DockerfileException {
    check(new String(data, StandardCharsets.UTF_8));
  }

  static void check(String text) throws DockerfileException {
    Dockerfile file;
    try {
      file = DockerfileParser.parse("D", text);
    } catch (DockerfileException e) {
      if (e.getMessage().isBlank() || (e.range().isPresent() && e.snippet().isEmpty())) {
        throw new IllegalStateException("an error that does not say what or where: " + e);
      }
      return;
    }
    file.stages().forEach(stage -> stage.instructions().forEach(step -> expand(step, file)));
    Outline.targets(file);
    try {
      Outline.of(file, file.stages().get(file.stages().size() - 1), Map.of());
    } catch (DockerfileException e) {
      // A default that does not expand by itself.
    }
    String printed = Printer.print(file);
    if (file.stages().stream().anyMatch(ParserFuzzer::dependsOnOrder)
        || Stream.of(printed.split("\n")).anyMatch(ParserFuzzer::endsWithBlank)) {
      return;
    }
    List<String> again = meaning(DockerfileParser.parse("D", printed));
    if (!again.equals(meaning(file))) {
      throw new IllegalStateException(
          "printed and read again it differs:\n" + printed + "\n" + meaning(file) + "\n" + again);
    }
  }

  /**
   * Among here-documents, a source that ends with a backslash or looks like one of them means
   * another thing at another place, and the places are not kept.
   */
  private static boolean dependsOnOrder(Stage stage) {
    return stage.instructions().stream()
        .map(step -> step instanceof OnbuildInstruction onbuild ? onbuild.instruction() : step)
        .filter(step -> !step.heredocs().isEmpty())
        .anyMatch(
            step ->
                step instanceof TransferInstruction transfer
                    && transfer.sources().stream()
                        .anyMatch(name -> name.matches("(?s).*[<\\\\].*")));
  }

  /**
   * Behind an open quote or an escape character that ends the text, white space can end a value. It
   * would be trimmed where it is printed. What the printer puts behind an escape character itself
   * does not count.
   */
  private static boolean endsWithBlank(String line) {
    return !line.isEmpty()
        && Chars.trim(line.substring(line.length() - 1)).isEmpty()
        && !line.matches("(?s).*[\\\\`]\u00a0");
  }

  private static void expand(Instruction instruction, Dockerfile file) {
    try {
      InstructionExpander.expand(
          instruction, name -> Optional.of("v w"), file.directives().escape());
    } catch (DockerfileException e) {
      if (e.range().isEmpty()) {
        throw new IllegalStateException("an error without a place", e);
      }
    }
  }

  /** What the instructions mean, without their places and spellings. */
  static List<String> meaning(Dockerfile file) {
    List<String> dumps = new ArrayList<>();
    for (Stage stage : file.stages()) {
      dumps.add(meaning(stage.from()));
      stage.instructions().forEach(instruction -> dumps.add(meaning(instruction)));
    }
    return dumps;
  }

  private static String meaning(Instruction instruction) {
    if (instruction instanceof OnbuildInstruction onbuild) {
      return "ONBUILD " + meaning(onbuild.instruction());
    }
    return Dump.of(instruction).replaceFirst("^[0-9-]+ ", "").replaceFirst("(?m)^  flags .*\n", "");
  }
}
