package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksTest {
  @Test
  void sizesAreNumbersWithAUnit() {
    assertThat(List.of("20GB", "500MiB", "7", "1tb", "")).allMatch(s -> Checks.size(s).isEmpty());
    assertThat(List.of("20 GB", "1.5GB", "GB", "-1")).allMatch(s -> Checks.size(s).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry.example.org/team/app:1.2",
        "localhost:5000/app",
        "app",
        "team/app:latest",
        "registry.example.org:5000/a/b/c:v1_2.3-4",
        "[::1]:5000/app",
        "registry.example.org/app:$BUILD_NUMBER",
        "${REGISTRY}/app"
      })
  void namesOfImagesAreAccepted(String name) {
    assertThat(Checks.destination(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://registry.example.org/app | begins with a scheme",
        "registry.example.org/Team/app | upper-case letters",
        "registry.example.org/app:.bad | no valid tag",
        "registry.example.org/app@sha256:00 | names a digest",
        "registry.example.org/a//b | is not an image name",
        "registry.example.org/ | is not an image name"
      })
  void whatIsNoNameOfAnImageIsExplained(String name, String problem) {
    assertThat(Checks.destination(name)).get().asString().contains(name).contains(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "app, docker.io",
    "team/app:1, docker.io",
    "localhost/app, localhost",
    "registry.example.org:5000/app:1, registry.example.org:5000"
  })
  void theRegistryIsTheFirstPartIfThatIsAHost(String name, String registry) {
    assertThat(Checks.registryOf(name)).isEqualTo(registry);
  }

  @Test
  void linesOfKeysAndValuesAreChecked() {
    assertThat(Checks.pairs(List.of("A=1", "B=", "C==x y"), true)).isEmpty();
    assertThat(Checks.pairs(List.of("A"), false)).isEmpty();
    assertThat(Checks.pairs(List.of("A=1", "B"), true)).get().asString().contains("'B'");
    assertThat(Checks.pairs(List.of("=1"), false)).isPresent();
    assertThat(Checks.pairs(List.of("A B=1"), false)).isPresent();
  }

  @Test
  void aRegistryHasNoSchemeAndMayHaveAPath() {
    assertThat(Checks.registry("registry.example.org:5000")).isEmpty();
    assertThat(Checks.registry("registry.example.org/team")).isEmpty();
    assertThat(Checks.registry(null)).isEmpty();
    assertThat(Checks.registry("https://registry.example.org")).isPresent();
  }

  @Test
  void twoSetsOfCredentialsForOneRegistryAreTooMany() {
    RegistryCredential one = new RegistryCredential("registry.example.org", "a");
    RegistryCredential same = new RegistryCredential("Registry.Example.org", "b");

    assertThat(Checks.credentials(List.of(one))).isEmpty();
    assertThat(Checks.credentials(List.of(one, same))).get().asString().contains("twice");
    assertThat(Checks.credentials(List.of(new RegistryCredential("r", " "))))
        .get()
        .asString()
        .contains("no credentials");
  }

  @Test
  void smallThingsAreChecked() {
    assertThat(Checks.platform("linux/arm/v7")).isEmpty();
    assertThat(Checks.platform("arm64")).isPresent();
    assertThat(Checks.ttl("336h")).isEmpty();
    assertThat(Checks.ttl("1h30m")).isEmpty();
    assertThat(Checks.ttl("two weeks")).isPresent();
    assertThat(Checks.dockerfile("build/Dockerfile")).isEmpty();
    assertThat(Checks.dockerfile("https://example.org/Dockerfile")).isPresent();
    assertThat(Checks.secretId("npm")).isEmpty();
    assertThat(Checks.secretId("a b")).isPresent();
    assertThat(Checks.secretId(null)).isPresent();
    assertThat(Checks.absolutePath("/var/store")).isEmpty();
    assertThat(Checks.absolutePath("store")).isPresent();
    assertThat(Checks.javaOptions("-Xmx1g -Dx=y")).isEmpty();
    assertThat(Checks.javaOptions("Xmx1g")).isPresent();
  }
}
