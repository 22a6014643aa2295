package io.jenkins.plugins.kaniko.executor.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  @TempDir Path temporary;

  /** Prints the names of a context as hexadecimal bytes, and what a lookup of café finds. */
  static final class Lister {
    private Lister() {}

    public static void main(String[] args) throws Exception {
      Path directory = Path.of(args[0]);
      BuildContext context =
          BuildContext.open(directory, directory.resolve("Dockerfile"), List.of());
      for (ContextEntry entry : context.list(context.root())) {
        String link = entry.linkTarget().isEmpty() ? "" : " -> " + hex(entry.linkTarget());
        System.out.println(hex(entry.path()) + link);
      }
      System.out.println(context.lookup("caf\u00e9/f").isPresent());
      System.out.println(context.match("c?f\u00e9").size());
    }

    private static String hex(String name) {
      return HexFormat.of().formatHex(FileNames.encode(name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void namesAreTheSameInEveryLocale(String locale) throws Exception {
    String script =
        """
        cd "$1" && mkdir "$(printf 'caf\\303\\251')" "$(printf 'caf\\351')" &&
        : > "$(printf 'caf\\303\\251/f')" &&
        ln -s "$(printf '../\\351/\\303\\251/')" link &&
        ln -s "$(printf '/\\351')" root
        """;
    int made = new ProcessBuilder("sh", "-c", script, "sh", temporary.toString()).start().waitFor();
    assertThat(made).isZero();

    ProcessBuilder lister =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Lister.class.getName(),
            temporary.toString());
    lister.environment().put("LC_ALL", locale);
    Process process = lister.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String listed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(listed.lines())
        .containsExactly(
            "636166c3a9",
            "636166e9",
            "6c696e6b -> 2e2e2fe92fc3a92f",
            "726f6f74 -> 2fe9",
            "true",
            "1");
    assertThat(Files.exists(temporary.resolve("link"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"61", "c3a9", "e9", "ff2f80", "e282", "f09f90b3", "eda080", "c0af", "efbfbd"})
  void bytesSurviveTheRoundTrip(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThat(FileNames.encode(FileNames.decode(bytes))).isEqualTo(bytes);
  }
}
