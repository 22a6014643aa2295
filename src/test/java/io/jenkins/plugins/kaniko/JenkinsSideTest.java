package io.jenkins.plugins.kaniko;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package of the Jenkins side may use which. */
class JenkinsSideTest {
  private static final String ROOT = "io.jenkins.plugins.kaniko";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void thePluginDrivesTheExecutorByItsCommandLineAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT, ROOT + ".agent..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".executor..")
        .check(CLASSES);
  }

  @Test
  void theAgentsSideKnowsNothingOfTheController() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".agent..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(CLASSES);
  }

  @Test
  void theExecutorKnowsNothingOfJenkins() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".executor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke..", ROOT, ROOT + ".agent..")
        .check(CLASSES);
  }

  /** What runs keep and pipelines hold: XStream restores the fields of records as null. */
  @Test
  void noRecordIsKept() {
    classes()
        .that()
        .resideInAPackage(ROOT)
        .and()
        .areAssignableTo(java.io.Serializable.class)
        .should()
        .notBeRecords()
        .check(CLASSES);
  }

  /**
   * The test harness starts a Jenkins for each parameter that it resolves, and refuses a second.
   */
  @Test
  void noTestInJenkinsStartsTwo() throws IOException {
    Pattern parameter = Pattern.compile("@(BeforeEach|Test)\\s+void \\w+\\(JenkinsRule ");
    try (Stream<Path> sources =
        Files.list(Path.of("src/jenkins-test/java/io/jenkins/plugins/kaniko"))) {
      for (Path source : sources.toList()) {
        Set<String> kinds =
            parameter
                .matcher(Files.readString(source))
                .results()
                .map(hit -> hit.group(1))
                .collect(Collectors.toSet());
        assertThat(kinds).as(source.toString()).hasSizeLessThan(2);
      }
    }
  }
}
