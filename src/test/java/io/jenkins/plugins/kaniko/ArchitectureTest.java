package io.jenkins.plugins.kaniko;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the code to the package table of docs/architecture.md. */
class ArchitectureTest {
  private static final String ROOT = "io.jenkins.plugins.kaniko";
  private static final String EXECUTOR = ROOT + ".executor";
  private static final int LONGEST_FILE = 420;
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("^public [a-z -]*(class|interface|record|enum|@interface) ");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** A row of the table: the package, what it may use of ours, and which libraries. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cli        | build oci                                                                | picocli. com.fasterxml.jackson. com.sun.net.httpserver.
          build      | dockerfile context oci layer sandbox rootfs registry cache source        | com.fasterxml.jackson. org.apache.commons.compress.
          dockerfile |                                                                          |
          context    | oci                                                                      |
          oci        |                                                                          | com.fasterxml.jackson.
          layer      | oci                                                                      | org.apache.commons.compress. com.github.luben.zstd.
          sandbox    |                                                                          | com.sun.jna.
          rootfs     | layer oci sandbox                                                        | com.sun.jna.
          registry   | oci                                                                      | com.google.cloud.tools.jib. com.google.auth. com.google.api.client. com.fasterxml.jackson.
          cache      | oci layer registry                                                       |
          source     | oci layer                                                                | org.eclipse.jgit.
          """)
  void aPackageUsesOnlyWhatItsRowAllows(String name, String ours, String libraries) {
    List<String> allowed =
        new ArrayList<>(
            List.of("java..", "javax.net.ssl..", "javax.crypto..", EXECUTOR + "." + name));
    for (String other : words(ours)) {
      allowed.add(EXECUTOR + "." + other);
    }
    for (String library : words(libraries)) {
      allowed.add(library + ".");
    }
    classes()
        .that()
        .resideInAPackage(EXECUTOR + "." + name)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
        .check(CLASSES);
  }

  @Test
  void everyPackageOfTheExecutorHasARow() {
    classes()
        .that()
        .resideInAPackage(EXECUTOR + "..")
        .should()
        .resideInAnyPackage(
            Stream.of(
                    "cli",
                    "build",
                    "dockerfile",
                    "context",
                    "oci",
                    "layer",
                    "sandbox",
                    "rootfs",
                    "registry",
                    "cache",
                    "source")
                .map(name -> EXECUTOR + "." + name)
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void theExecutorKnowsNothingOfJenkins() {
    noClasses()
        .that()
        .resideInAPackage(EXECUTOR + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke.."))
        .check(CLASSES);
  }

  @Test
  void theJenkinsSideUsesNothingOfTheExecutor() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT, ROOT + ".agent..")
        .should()
        .dependOnClassesThat(resideInAPackage(EXECUTOR + ".."))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void theAgentSideUsesNothingOfTheController() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".agent..")
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheRegistryPackageUsesJib() {
    noClasses()
        .that()
        .resideOutsideOfPackage(EXECUTOR + ".registry")
        .should()
        .dependOnClassesThat(resideInAPackage("com.google.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage(EXECUTOR + ".cli")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching(EXECUTOR + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void noFileHasOutgrownItsRoom() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources()) {
      long lines = Files.readAllLines(file).size();
      if (lines > LONGEST_FILE) {
        tooLong.add(file + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyPublicTypeIsDocumented() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (PUBLIC_TYPE.matcher(lines.get(i)).find() && !hasJavadoc(lines, i)) {
          found.add(file + ":" + (i + 1));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** The line before the type and its annotations ends a comment. */
  private static boolean hasJavadoc(List<String> lines, int type) {
    int at = type - 1;
    while (at >= 0 && lines.get(at).startsWith("@")) {
      at--;
    }
    return at >= 0 && lines.get(at).endsWith("*/");
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<String> words(String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }
}
