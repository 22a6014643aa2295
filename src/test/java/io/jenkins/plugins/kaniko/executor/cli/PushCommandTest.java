package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.testing.BaseImage;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in files, as skopeo writes them, that are pushed to a real registry. */
class PushCommandTest {
  @TempDir private static Path images;
  private static RegistryServer registry;

  @TempDir private Path temporary;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryServer.start();
    BaseImage.busybox().push(registry, "base:1");
    skopeo("oci:" + images.resolve("oci"));
    skopeo("oci-archive:" + images.resolve("oci.tar"));
    skopeo("docker-archive:" + images.resolve("docker.tar"));
  }

  @AfterAll
  static void stop() throws IOException {
    registry.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"oci", "oci.tar", "docker.tar"})
  void anImageInFilesIsPushedToEveryDestination(String name) throws Exception {
    String repository = registry.hostPort() + "/pushed/" + name.replace('.', '-');
    Path digest = temporary.resolve("digest");

    int code =
        push(
            images.resolve(name).toString(),
            "-d=" + repository + ":1",
            "--destination=" + repository + ":2",
            "--digest-file=" + digest);

    assertThat(text(err)).isEmpty();
    assertThat(code).isZero();
    assertThat(text(out)).contains(repository + ":1", repository + ":2");
    for (String tag : List.of("1", "2", Files.readString(digest).strip())) {
      assertThat(status("pushed/" + name.replace('.', '-') + "/manifests/" + tag)).isEqualTo(200);
    }
    if (name.startsWith("oci")) {
      assertThat(Files.readString(images.resolve("oci/index.json")))
          .contains(Files.readString(digest).strip());
    }
    skopeo(
        "docker://" + repository + ":1", "dir:" + temporary.resolve("back")); // verifies the layers
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none    | there is no such file or directory
          text    | it is neither an OCI layout nor a docker archive
          empty   | it is neither an OCI layout nor a docker archive
          changed | has another content
          partial | is missing
          """)
  void whatIsNoImageIsRefused(String name, String problem) throws Exception {
    Files.writeString(temporary.resolve("text"), "x".repeat(2000));
    Files.createDirectory(temporary.resolve("empty"));
    for (String copy : List.of("changed", "partial")) {
      run("cp", "-r", images.resolve("oci").toString(), temporary.resolve(copy).toString());
    }
    damage(temporary.resolve("changed"), temporary.resolve("partial"));

    int code = push(temporary.resolve(name).toString(), "-d=" + registry.hostPort() + "/bad:1");

    assertThat(code).isIn(2, 4);
    assertThat(text(out)).startsWith("error: tried to ").hasLineCount(1);
    if (code == 2) {
      assertThat(text(out)).contains(problem);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --destination=x     | the image is missing
          IMAGE --target=x    | flag --target, but push has no such flag
          IMAGE --no-push     | flag --no-push, but push has no such flag
          IMAGE               | there is nowhere to push to
          """)
  void argumentsThatMeanNothingAreRefused(String arguments, String message) {
    String[] words = arguments.replace("IMAGE", images.resolve("oci").toString()).split(" ", -1);

    assertThat(push(words)).isEqualTo(2);
    assertThat(text(err)).contains(message).hasLineCount(1);
  }

  @Test
  void aRegistryThatDoesNotAnswerIsExitCodeThree() {
    assertThat(push(images.resolve("oci").toString(), "-d=registry.invalid/app")).isEqualTo(3);
    assertThat(text(out)).contains("the host registry.invalid is unknown");
  }

  private static void damage(Path changed, Path partial) throws IOException {
    String index = Files.readString(changed.resolve("index.json"));
    String digest = index.replaceFirst("(?s).*sha256:([0-9a-f]{64}).*", "$1");
    Path manifest = changed.resolve("blobs/sha256").resolve(digest);
    String content = Files.readString(manifest);
    Files.writeString(manifest, content + " ");
    String layer = content.replaceFirst("(?s).*\"layers\".*?sha256:([0-9a-f]{64}).*", "$1");
    Files.delete(partial.resolve("blobs/sha256").resolve(layer));
  }

  private int push(String... args) {
    Main.Surroundings surroundings =
        new Main.Surroundings(
            Map.of("HOME", temporary.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    List<String> all = new ArrayList<>(List.of(args));
    if (all.get(0).startsWith("/")) {
      all.add("--insecure-registry=" + registry.hostPort());
    }
    return new PushCommand(surroundings).run(all);
  }

  private static int status(String route) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + registry.hostPort() + "/v2/" + route))
            .header("Accept", "application/vnd.oci.image.manifest.v1+json")
            .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }

  private static void skopeo(String target) throws Exception {
    skopeo("docker://" + registry.hostPort() + "/base:1", target);
  }

  private static void skopeo(String source, String target) throws Exception {
    run("skopeo", "copy", "--quiet", "--src-tls-verify=false", source, target);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
