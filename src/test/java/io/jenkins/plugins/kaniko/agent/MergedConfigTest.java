package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MergedConfigTest {
  private final MergedConfig merged = new MergedConfig();

  @Test
  void aLoginReplacesWhateverWasThereOfItsRegistry() throws Exception {
    merged.add(
        """
        {"auths": {"https://Registry.example/v2/": {"auth": "b2xkOm9sZA=="},
                   "registry.example/team": {"auth": "b2xkOm9sZA=="},
                   "registry.example.org": {"auth": "a2VwdDprZXB0"}},
         "credHelpers": {"registry.example": "old", "other.example": "kept"},
         "psFormat": "kept"}
        """,
        "a file");
    merged.add(new RegistryLogin("registry.example", "user", "new password"));
    assertThat(Json.parseObject(merged.json(false)))
        .isEqualTo(
            Map.of(
                "auths",
                Map.of(
                    "registry.example.org",
                    Map.of("auth", "a2VwdDprZXB0"),
                    "registry.example",
                    Map.of("auth", "dXNlcjpuZXcgcGFzc3dvcmQ=")),
                "credHelpers",
                Map.of("other.example", "kept"),
                "psFormat",
                "kept"));
    assertThat(merged.secrets()).contains("new password", "kept", "a2VwdDprZXB0");
  }

  @Test
  void dockerHubHasOneEntryUnderItsOldName() throws Exception {
    merged.add(new RegistryLogin("docker.io", "a", "first"));
    merged.add(new RegistryLogin("index.docker.io", "a", "second"));
    assertThat(Json.object(Json.parseObject(merged.json(false)).get("auths")))
        .containsOnlyKeys("https://index.docker.io/v1/");
    assertThat(merged.json(false)).contains("YTpzZWNvbmQ=");
  }

  @Test
  void aTokenIsOne() throws Exception {
    merged.add(new RegistryToken("registry.example", "opaque"));
    assertThat(merged.json(false)).contains("{\"registrytoken\":\"opaque\"}");
    assertThat(merged.secrets()).containsExactly("opaque");
  }

  @Test
  void kanikoDoesNotAskTheCommonStoreForWhatIsGiven() throws Exception {
    merged.add("{\"credsStore\": \"desktop\"}", "a file");
    merged.add(new RegistryLogin("registry.example", "user", "password"));
    assertThat(merged.json(true)).contains("\"credHelpers\":{\"registry.example\":\"\"}");
    assertThat(merged.json(false)).doesNotContain("credHelpers").contains("desktop");
  }

  @Test
  void aMalformedFileIsNamedAndNotQuoted() {
    assertThatThrownBy(() -> merged.add("{\"auths\": hunter2", "/x/config.json"))
        .hasMessage(
            "tried to read the credentials in /x/config.json, but it is not valid JSON:"
                + " an unknown value at character 11; correct or remove it");
    assertThatThrownBy(() -> merged.add("{\"auths\": []}", "/x/config.json"))
        .hasMessageContaining("its auths is not a JSON object");
  }

  @Test
  void noTextFormShowsASecret() {
    AgentRequest request =
        AgentRequest.builder()
            .flags(java.util.List.of("--build-arg=A=hunter2"))
            .environment(Map.of("A", "hunter2"))
            .masked(java.util.List.of("hunter2"))
            .credentials(
                java.util.List.of(
                    new RegistryLogin("r", "u", "hunter2"),
                    new RegistryToken("r", "hunter2"),
                    new ConfigJson("hunter2")))
            .secretFiles(
                java.util.List.of(
                    new SecretFile(
                        "id", "hunter2".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
            .build();
    assertThat(request + "" + request.credentials() + request.secretFiles())
        .doesNotContain("hunter2");
  }
}
