package io.jenkins.plugins.kaniko.executor.registry;

import static io.jenkins.plugins.kaniko.executor.registry.RegistryAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.registry.Credentials.Password;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException.Kind;
import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is asked for credentials, and in which order. */
class KeychainTest {
  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void theNearerSourceWins() throws Exception {
    environment.put("DOCKER_r_example_USR", "env");
    environment.put("DOCKER_r_example_PSW", "p");
    environment.put("CI_REGISTRY", "r.example");
    environment.put("CI_REGISTRY_USER", "gitlab");
    environment.put("CI_REGISTRY_PASSWORD", "p");
    assertThat(user("r.example", "env", "gitlab")).isEqualTo("env");
    assertThat(user("r.example", "gitlab")).isEqualTo("gitlab");
    assertThat(user("r.example")).isEqualTo("nobody");

    Files.writeString(
        directory.resolve("config.json"),
        "{\"auths\":{\"r.example\":{\"username\":\"file\",\"password\":\"p\"}}}");
    assertThat(user("r.example", "env", "gitlab")).isEqualTo("file");

    environment.put(
        "DOCKER_AUTH_CONFIG",
        "{\"auths\":{\"r.example\":{\"username\":\"variable\",\"password\":\"p\"}}}");
    assertThat(user("r.example", "env", "gitlab")).isEqualTo("variable");
    environment.put("DOCKER_AUTH_CONFIG", "{\"auths\":{\"other.example\":{}}}");
    assertThat(user("r.example", "env", "gitlab")).isEqualTo("file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          DOCKER_a_r_example_USR=u DOCKER_a_r_example_PSW=p | a.r.example      | u
          DOCKER_r_example_USR=u DOCKER_r_example_PSW=p     | a.r.example:5000 | u
          DOCKER_a_r_example_USR=u DOCKER_a_r_example_PSW=p | r.example        | nobody
          DOCKER_r_example_USR=u                            | r.example        | nobody
          DOCKER_my_r_example_USR=u DOCKER_my_r_example_PSW=p | my-r.example   | u
          GITHUB_TOKEN=t                                    | ghcr.io          | x-access-token
          GITHUB_TOKEN=t                                    | r.example        | nobody
          CI_REGISTRY=r.example CI_JOB_TOKEN=t              | r.example        | gitlab-ci-token
          CI_REGISTRY=r.example CI_JOB_TOKEN=t              | x.r.example      | nobody
          CI_REGISTRY=r.example:5050 CI_JOB_TOKEN=t         | r.example:5050   | gitlab-ci-token
          CI_REGISTRY=r.example CI_REGISTRY_USER=u CI_REGISTRY_PASSWORD=p CI_JOB_TOKEN=t | r.example | u
          CI_DEPENDENCY_PROXY_SERVER=g.example:443 CI_DEPENDENCY_PROXY_USER=d CI_DEPENDENCY_PROXY_PASSWORD=p | g.example | d
          CI_JOB_TOKEN=t                                    | r.example        | nobody
          """)
  void variablesOfCiSystemsAreRead(String variables, String registry, String user)
      throws Exception {
    Arrays.stream(variables.split(" ", -1))
        .forEach(pair -> environment.put(pair.split("=", -1)[0], pair.split("=", -1)[1]));

    assertThat(user(registry, "env", "gitlab")).isEqualTo(user);
  }

  @Test
  void aVariableThatIsNoConfigurationIsNamedAndNotQuoted() {
    environment.put("DOCKER_AUTH_CONFIG", "{\"auths\": hunter2");
    assertFails(Kind.OTHER, () -> user("r.example"))
        .hasMessageStartingWith("tried to read the credentials in DOCKER_AUTH_CONFIG, but ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aCloudThatRefusesMeansAnonymousWithAReasonAndIsNotAskedAgain() throws Exception {
    try (CloudServer metadata = new CloudServer()) {
      environment.put("GCE_METADATA_HOST", metadata.hostPort());
      environment.put("HOME", directory.toString());
      Keychain keychain = keychain("google");

      assertThat(keychain.find("gcr.io", "a/b")).isEmpty();
      assertThat(keychain.find("gcr.io", "a/c")).isEmpty();

      assertThat(keychain.problem("gcr.io")).contains(metadata.hostPort() + " answered 404");
      assertThat(keychain.problem("r.example")).isEmpty();
      assertThat(metadata.requests()).hasSize(1);
    }
  }

  @Test
  void aTokenOfACloudIsKept() throws Exception {
    try (CloudServer metadata = new CloudServer()) {
      environment.put("GCE_METADATA_HOST", metadata.hostPort());
      environment.put("HOME", directory.toString());
      metadata.answer(
          "GET /computeMetadata/v1/instance/service-accounts/default/token",
          "{\"access_token\":\"t\"}");
      Keychain keychain = keychain("google", "ecr", "acr");

      assertThat(keychain.find("gcr.io", "a/b")).contains(new Password("oauth2accesstoken", "t"));
      assertThat(keychain.find("gcr.io", "a/c")).contains(new Password("oauth2accesstoken", "t"));
      assertThat(keychain.find("r.example", "a")).isEmpty();
      assertThat(metadata.requests()).hasSize(1);
      assertThat(keychain("ecr").find("gcr.io", "a/b")).isEmpty();
    }
  }

  @Test
  void aHelperThatHangsIsNotWaitedForForever() {
    long begin = System.nanoTime();
    assertFails(
            Kind.UNAUTHORIZED,
            () ->
                CredentialHelper.read(
                    new ProcessBuilder("sleep", "60").start(),
                    "docker-credential-hang",
                    "r.example",
                    Duration.ofMillis(200)))
        .hasMessageContaining("docker-credential-hang did not answer within 1 seconds");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource({"echo hunter2", "echo {}", "echo '{\"Username\":\"u\"}'", "exit 3", "kill -9 $$"})
  void whatAHelperWritesInPlaceOfCredentialsIsNotRepeated(String script) {
    assertFails(
            Kind.UNAUTHORIZED,
            () ->
                CredentialHelper.read(
                    new ProcessBuilder("sh", "-c", script).start(),
                    "docker-credential-x",
                    "r.example",
                    Duration.ofSeconds(20)))
        .hasMessageContaining("docker-credential-x")
        .hasMessageNotContaining("hunter2");
  }

  private String user(String registry, String... helpers) throws RegistryException {
    return keychain(helpers)
        .find(registry, "app")
        .map(found -> found instanceof Password password ? password.user() : "a token")
        .orElse("nobody");
  }

  private Keychain keychain(String... helpers) throws RegistryException {
    return Keychain.open(
        RegistryOptions.builder()
            .dockerConfig(directory)
            .environment(environment)
            .credentialHelpers(List.of(helpers))
            .build());
  }
}
