package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords that are written for later builds. */
class LoginCommandTest {
  @TempDir Path temporary;

  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void home() {
    environment.put("DOCKER_CONFIG", temporary.resolve("docker").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "r.example:5000, r.example:5000",
    "https://r.example/, r.example",
    "r.example/team/app, r.example/team/app",
    "docker.io, https://index.docker.io/v1/",
    "index.docker.io, https://index.docker.io/v1/",
  })
  void thePasswordIsWrittenUnderTheKeyThatIsLookedUp(String registry, String key) throws Exception {
    assertThat(login("pass:word \n", registry, "-u", "me", "--password-stdin")).isZero();

    assertThat(auths().path(key).path("auth").asText()).isEqualTo("bWU6cGFzczp3b3JkIA==");
    assertThat(out.toString(StandardCharsets.UTF_8)).hasLineCount(1).doesNotContain("pass:word");
    assertThat(mode("docker/config.json")).isEqualTo("rw-------");
    assertThat(mode("docker")).isEqualTo("rwx------");
  }

  @Test
  void whatElseTheFileHasStays() throws Exception {
    Path file = Files.createDirectories(temporary.resolve("docker")).resolve("config.json");
    Files.writeString(
        file,
        "{\"auths\":{\"a\":{\"auth\":\"x\"},\"b\":{\"identitytoken\":\"old\"}},\"credsStore\":\"s\"}");

    assertThat(login("p", "b", "--username=me", "--password-stdin")).isZero();

    assertThat(auths().path("a").path("auth").asText()).isEqualTo("x");
    assertThat(auths().path("b").toString()).isEqualTo("{\"auth\":\"bWU6cA==\"}");
    assertThat(Files.readString(file)).contains("credsStore");
    assertThat(mode("docker/config.json")).isEqualTo("rw-------");
    assertThat(temporary.resolve("docker").toFile().list()).containsExactly("config.json");
  }

  @Test
  void aLinkIsReplacedAndNotWrittenThrough() throws Exception {
    Path victim = Files.writeString(temporary.resolve("victim"), "{}");
    Path file = Files.createDirectories(temporary.resolve("docker")).resolve("config.json");
    Files.createSymbolicLink(file, victim);

    assertThat(login("p", "r.example", "-u", "me", "--password-stdin")).isZero();

    assertThat(victim).hasContent("{}");
    assertThat(file).isRegularFile();
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void withoutDockerConfigItIsWrittenWhereABuildLooks() throws Exception {
    environment.clear();
    environment.put("KANIKO_DIR", temporary.resolve("k").toString());
    environment.put("HOME", temporary.resolve("h").toString());

    assertThat(login("p", "r.example", "-u", "me", "--password-stdin")).isZero();

    assertThat(temporary.resolve("k/.docker/config.json")).exists();
  }

  @Test
  void aFileThatIsNoneIsNotOverwritten() throws Exception {
    Path file = Files.createDirectories(temporary.resolve("docker")).resolve("config.json");
    Files.writeString(file, "{\"auths\": hunter2");

    assertThat(login("p", "r.example", "-u", "me", "--password-stdin")).isEqualTo(3);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("line 1 is not valid JSON")
        .doesNotContain("hunter2");
    assertThat(file).hasContent("{\"auths\": hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "r.example -u me -p hunter2",
        "r.example -u me --password=hunter2",
        "r.example -u me hunter2",
        "r.example --password-stdin",
        "r.example -u me",
        "r.example -u me:you --password-stdin",
        "ftp://r.example -u me --password-stdin",
        "r.example -u me --password-stdin --hunter2",
      })
  void whatCannotBeUsedIsRefusedAndNotRepeated(String arguments) {
    assertThat(login("p", arguments.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("error: tried to ")
        .hasLineCount(1)
        .doesNotContain("hunter2");
    assertThat(temporary.resolve("docker")).doesNotExist();
  }

  @Test
  void anEmptyPasswordIsRefused() {
    assertThat(login("\n", "r.example", "-u", "me", "--password-stdin")).isEqualTo(2);
  }

  private int login(String input, String... args) {
    Main.Surroundings surroundings =
        new Main.Surroundings(
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return new LoginCommand(surroundings, in).run(List.of(args));
  }

  private JsonNode auths() throws Exception {
    return new ObjectMapper()
        .readTree(temporary.resolve("docker/config.json").toFile())
        .path("auths");
  }

  private String mode(String name) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve(name)));
  }
}
