package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import io.jenkins.plugins.kaniko.executor.source.GitRepositories;
import io.jenkins.plugins.kaniko.executor.testing.GitFixture;
import io.jenkins.plugins.kaniko.executor.testing.GitServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which secret goes to which host. */
class RemoteSourcesTest {
  @TempDir Path temporary;

  @Test
  void aSecretGoesToTheHostThatItIsFor() throws Exception {
    RemoteSources sources =
        sources(
            Map.of(
                "GIT_AUTH_TOKEN", "general",
                "GIT_AUTH_TOKEN.lab.example", "lab",
                "GIT_AUTH_HEADER.own.example:8443", "Bearer own",
                "GIT_AUTH_HEADER.basic.example", "basic",
                "GIT_AUTH_TOKEN.basic.example", "me:pw",
                "GIT_AUTH_HEADER.bearer.example", "Bearer",
                "GIT_AUTH_TOKEN.bearer.example", "tok"));
    GitAddress address = GitAddress.parse("https://git.example/a.git");

    assertThat(sources.authorization(address, "git.example")).contains(token("general"));
    assertThat(sources.authorization(address, "submodule.example")).isEmpty();
    assertThat(sources.authorization(address, "git.example:444")).isEmpty();
    assertThat(sources.authorization(address, "lab.example")).contains(token("lab"));
    assertThat(sources.authorization(address, "lab.example:8443")).contains(token("lab"));
    assertThat(sources.authorization(address, "own.example:8443")).contains("Bearer own");
    assertThat(sources.authorization(address, "own.example")).isEmpty();
    assertThat(sources.authorization(address, "basic.example")).contains(basic("me:pw"));
    assertThat(sources.authorization(address, "bearer.example")).contains("Bearer tok");
  }

  @ParameterizedTest
  @CsvSource({
    "tok:, GIT_TOKEN=tok,",
    "me:pw, GIT_USERNAME=me GIT_PASSWORD=pw,",
    "me:, GIT_USERNAME=me,",
    "x-access-token:tok,, GIT_AUTH_TOKEN=tok",
    "x-access-token:tok,, GIT_AUTH_TOKEN.localhost=tok",
    "me:pw,, GIT_AUTH_TOKEN=me:pw GIT_AUTH_HEADER=basic",
    "tok:, GIT_TOKEN=tok, GIT_AUTH_TOKEN=other"
  })
  void aServerLetsWhoeverIsKnownThere(String login, String environment, String secrets)
      throws Exception {
    GitFixture repository = new GitFixture(temporary.resolve("team/repo.git"));
    String commit =
        repository.commit("main", repository.tree("100644 file", repository.blob("text")));
    try (GitServer server = GitServer.withTls(temporary, Optional.of(basic(login)))) {
      RemoteSources sources = sources(pairs(secrets), pairs(environment));
      GitRepositories.Checkout checkout = sources.contextRepository(server.url("team/repo.git"));

      assertThat(checkout.commit()).isEqualTo(commit);
      assertThat(checkout.directory().resolve("file")).hasContent("text");
      assertThat(server.authorizations()).containsOnly(basic(login));
      assertThatThrownBy(
              () ->
                  sources(pairs(secrets), Map.of("GIT_TOKEN", "wrong"))
                      .contextRepository(server.url("team/repo.git")))
          .hasMessageContaining(
              "but the server wants a login, or another one; give a credential, see docs/security.md")
          .hasMessageNotContaining("wrong:");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://h.example/f, Bearer plain",
    "https://h.example:8443/f, Bearer port",
    "https://h.example:9443/f, Bearer plain",
    "https://header.example/f, Token abc",
    "https://me:p%20w@other.example/f, Basic bWU6cCB3",
    "https://other.example/f,",
    "http://h.example/f,",
  })
  void aSecretForAFileGoesToItsHostByTlsAlone(URI address, String expected) throws Exception {
    Map<String, Secret> secrets =
        secrets(
            Map.of(
                "HTTP_AUTH_TOKEN_h.example", "plain",
                "HTTP_AUTH_TOKEN_h.example:8443", "port",
                "HTTP_AUTH_TOKEN_header.example", "unused",
                "HTTP_AUTH_HEADER_header.example", "Token abc"));

    assertThat(HttpLogin.of(secrets, Map.of()).at(address))
        .isEqualTo(Optional.ofNullable(expected));
    assertThatThrownBy(
            () -> HttpLogin.of(secrets, Map.of()).at(URI.create("http://me:pw@h.example/f")))
        .hasMessage("its user and password would go over plain HTTP; use https");
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text == null ? new String[0] : text.split(" ")) {
      pairs.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
    }
    return pairs;
  }

  private static String token(String value) {
    return basic("x-access-token:" + value);
  }

  private static String basic(String both) {
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Secret> secrets(Map<String, String> values) throws Exception {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      Path file = Files.createTempFile(temporary, "secret", "");
      Files.writeString(file, value.getValue() + "\n");
      secrets.put(value.getKey(), new Secret(Secret.Kind.FILE, file.toString()));
    }
    return secrets;
  }

  private RemoteSources sources(Map<String, String> values) throws Exception {
    return sources(values, Map.of());
  }

  private RemoteSources sources(Map<String, String> values, Map<String, String> environment)
      throws Exception {
    SourceOptions.Git git = new SourceOptions.Git(Optional.empty(), false, true);
    BuildRequest request =
        BuildRequest.builder()
            .contextDirectory(temporary)
            .kanikoDir(temporary)
            .storeDirectory(temporary)
            .sourceOptions(new SourceOptions(Map.of(), Optional.empty(), git, Optional.empty()))
            .runOptions(
                new RunOptions(
                    secrets(values), Map.of(), "default", List.of(), OptionalLong.empty()))
            .build();
    return new RemoteSources(request, temporary, environment);
  }
}
