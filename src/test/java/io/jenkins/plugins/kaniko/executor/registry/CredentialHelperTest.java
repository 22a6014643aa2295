package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Helpers are looked up on the PATH, so each case runs in a JVM of its own that has one on it. */
class CredentialHelperTest {
  private static final String HELPER =
      """
      #!/bin/sh
      read -r server
      echo "$1 $server" >> "${0%/*}/calls"
      case $server in
      r.example|https://index.docker.io/v1/) echo '{"Username": "u", "Secret": "hunter2"}' ;;
      token.example) echo '{"Username": "<token>", "Secret": "refresh"}' ;;
      broken.example) echo 'half of hunter2'; exit 1 ;;
      *) echo 'credentials not found in native keychain'; exit 1 ;;
      esac
      """;

  @TempDir private Path directory;

  @BeforeEach
  void install() throws Exception {
    Path program = directory.resolve("docker-credential-test");
    Files.writeString(program, HELPER);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aHelperServesTheRegistryItIsNamedFor() throws Exception {
    config("{\"credHelpers\":{\"r.example\":\"test\",\"token.example\":\"test\"}}");
    assertThat(find("r.example")).isEqualTo("Password u 7");
    assertThat(find("token.example")).isEqualTo("IdentityToken 7");
    assertThat(find("other.example")).isEqualTo("none");
    assertThat(Files.readString(directory.resolve("calls")))
        .isEqualTo("get r.example\nget token.example\n");
  }

  @Test
  void aStoreServesWhatHasNoEntryOfItsOwn() throws Exception {
    config(
        "{\"credsStore\":\"test\",\"auths\":{\"https://index.docker.io/v1/\":{},\"own.example\":{\"auth\":\"bWU6cA==\"}}}");
    assertThat(find("docker.io")).isEqualTo("Password u 7");
    assertThat(find("own.example")).isEqualTo("Password me 1");
    assertThat(find("other.example")).isEqualTo("none");
  }

  @Test
  void whatABrokenHelperWritesIsNotRepeated() throws Exception {
    config("{\"credHelpers\":{\"broken.example\":\"test\"}}");
    assertThat(find("broken.example"))
        .isEqualTo(
            "tried to get the credentials for broken.example, but docker-credential-test gave none; run it by hand to see why");
  }

  private void config(String json) throws Exception {
    Files.writeString(directory.resolve("config.json"), json);
  }

  private String find(String registry) throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Child.class.getName(),
            directory.toString(),
            registry);
    child.environment().merge("PATH", directory.toString(), (path, own) -> own + ":" + path);
    child.redirectErrorStream(true);
    Process process = child.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.strip();
  }

  /** Prints what kind of credentials there are for a registry, and how long the secret is. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      try {
        Optional<Credentials> found = DockerConfig.load(Path.of(args[0])).find(args[1], "app");
        System.out.println(found.map(Child::describe).orElse("none"));
      } catch (RegistryException e) {
        System.out.println(e.getMessage());
      }
    }

    private static String describe(Credentials credentials) {
      if (credentials instanceof Credentials.Password password) {
        return "Password " + password.user() + " " + password.password().length();
      }
      return credentials instanceof Credentials.IdentityToken token
          ? "IdentityToken " + token.token().length()
          : "RegistryToken";
    }
  }
}
