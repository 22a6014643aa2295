package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which entry of config.json serves which image. */
class DockerConfigTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvFileSource(resources = "/registry/auths.csv", numLinesToSkip = 1)
  void theLongestPathThatMatchesWins(String keys, String image, String expected) throws Exception {
    Map<String, Map<String, String>> auths = new LinkedHashMap<>();
    for (String key : keys.split(" ", -1)) {
      auths.put(key, Map.of("username", "owner of " + key, "password", "p"));
    }
    write(new ObjectMapper().writeValueAsString(Map.of("auths", auths)));
    ImageReference reference = ImageReference.parse(image);

    assertThat(load().find(reference.registry(), reference.repository()))
        .isEqualTo(
            Optional.ofNullable(expected)
                .map(key -> new Credentials.Password("owner of " + key, "p")));
  }

  @Test
  void aMissingFileMeansAnonymous() throws Exception {
    assertThat(load().find("docker.io", "library/busybox")).isEmpty();
  }

  @Test
  void everyFormOfAnEntryIsRead() throws Exception {
    write(
        """
        {"auths": {
          "a.example": {"username": "u", "password": "p"},
          "b.example": {"auth": "PHRva2VuPjpyZWZyZXNo"},
          "c.example": {"auth": "dTpw", "identitytoken": "i"},
          "d.example": {"registrytoken": "r"},
          "e.example": {}
        }}
        """);
    DockerConfig config = load();
    assertThat(config.find("a.example", "x")).contains(new Credentials.Password("u", "p"));
    assertThat(config.find("b.example", "x")).contains(new Credentials.IdentityToken("refresh"));
    assertThat(config.find("c.example", "x")).contains(new Credentials.IdentityToken("i"));
    assertThat(config.find("d.example", "x")).contains(new Credentials.RegistryToken("r"));
    assertThat(config.find("e.example", "x")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auths\": {\"r\": {\"auth\": \"hunter2",
        "[\"hunter2\"]",
        "{\"auths\": \"hunter2\"}",
        "hunter2"
      })
  void aMalformedFileIsNamedAndNotQuoted(String content) throws Exception {
    write(content);
    assertFails(Kind.OTHER, this::load)
        .hasMessageContaining(directory.resolve("config.json").toString())
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2!", "aHVudGVyMg=="})
  void aMalformedEntryIsNamedAndNotQuoted(String auth) throws Exception {
    write("{\"auths\":{\"r.example\":{\"auth\":\"" + auth + "\"}}}");
    DockerConfig config = load();
    assertThat(config.find("other.example", "x")).isEmpty();
    assertFails(Kind.OTHER, () -> config.find("r.example", "x"))
        .hasMessageContaining("the auth of 'r.example'")
        .hasMessageNotContaining("hunter2")
        .hasMessageNotContaining(auth)
        .hasNoCause();
  }

  @Test
  void aHelperThatIsNotInstalledIsNamed() throws Exception {
    write("{\"credHelpers\":{\"r.example\":\"not-there\"}}");
    assertFails(Kind.UNAUTHORIZED, () -> load().find("r.example", "x"))
        .hasMessageContaining("docker-credential-not-there");
    assertThat(load().find("other.example", "x")).isEmpty();
  }

  @Test
  void secretsDoNotShowThemselves() {
    assertThat(new Credentials.Password("u", "hunter2").toString()).doesNotContain("hunter2");
    assertThat(new Credentials.IdentityToken("hunter2").toString()).doesNotContain("hunter2");
    assertThat(new Credentials.RegistryToken("hunter2").toString()).doesNotContain("hunter2");
  }

  private void write(String json) throws IOException {
    Files.writeString(directory.resolve("config.json"), json);
  }

  private DockerConfig load() throws RegistryException {
    return DockerConfig.load(directory);
  }
}
