package io.jenkins.plugins.kaniko.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S23")
class CredentialsDirectoryTest {
  @TempDir Path root;
  private Path shared;
  private Path own;
  private Path docker;

  @BeforeEach
  void directories() {
    shared = root.resolve("kaniko");
    own = root.resolve("own");
    docker = root.resolve("home-docker");
  }

  @Test
  void theSharedDirectoryIsUsedWhereItIs() throws Exception {
    Files.createDirectory(shared);
    try (CredentialsDirectory made = create("folder/job #1")) {
      assertThat(made.path()).isEqualTo(shared.resolve(".docker").resolve("folder-job--1"));
      assertThat(made.kaniko()).isEqualTo(shared);
      assertThat(mode(made.path())).isEqualTo(0700);
      assertThat(mode(made.path().resolve("config.json"))).isEqualTo(0600);
      assertThat(own).doesNotExist();
    }
    assertThat(shared.resolve(".docker")).isEmptyDirectory();
  }

  @Test
  void thePrivateDirectoryIsUsedWhereItIsNot() throws Exception {
    try (CredentialsDirectory made = create("job-1")) {
      assertThat(made.path()).isEqualTo(own.resolve(".docker").resolve("job-1"));
      assertThat(mode(own)).isEqualTo(0700);
      assertThat(mode(own.resolve(".docker"))).isEqualTo(0700);
    }
  }

  @Test
  void aLinkOrADirectoryThatOthersWriteToIsNotUsed() throws Exception {
    Files.createDirectory(shared);
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    Files.createSymbolicLink(shared.resolve(".docker"), elsewhere);
    try (CredentialsDirectory made = create("job-1")) {
      assertThat(made.path()).startsWith(own);
      assertThat(elsewhere).isEmptyDirectory();
    }
    Files.delete(shared.resolve(".docker"));
    Files.createDirectory(shared.resolve(".docker"));
    Files.setAttribute(shared.resolve(".docker"), "unix:mode", 0777);
    try (CredentialsDirectory made = create("job-1")) {
      assertThat(made.path()).startsWith(own);
    }
  }

  @Test
  void whatIsThereIsMergedAndNotTouched() throws Exception {
    Path data = Files.createDirectories(shared.resolve(".docker").resolve("..data"));
    Files.writeString(
        data.resolve("config.json"), "{\"auths\": {\"a.example\": {\"auth\": \"eDp5\"}}}");
    Path link = shared.resolve(".docker").resolve("config.json");
    Files.createSymbolicLink(link, Path.of("..data", "config.json"));
    Files.createDirectory(docker);
    Files.writeString(
        docker.resolve("config.json"),
        "{\"auths\": {\"a.example\": {\"auth\": \"bG93OmxvdyE=\"}, \"b.example\": {\"auth\": \"eDp6\"}}}");
    try (CredentialsDirectory made =
        create("job-1", new RegistryLogin("c.example", "user", "word"))) {
      assertThat(Files.readString(made.path().resolve("config.json")))
          .contains("\"a.example\":{\"auth\":\"eDp5\"}", "b.example", "c.example")
          .doesNotContain("bG93OmxvdyE=");
      assertThat(made.secrets()).contains("word", "y", "z");
    }
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(link)).contains("a.example");
  }

  @Test
  void buildsOfOneNameDoNotMeet() throws Exception {
    try (CredentialsDirectory first = create("job-1")) {
      try (CredentialsDirectory second = create("job-1")) {
        assertThat(second.path()).isNotEqualTo(first.path());
      }
      create("job-1").close();
      assertThat(first.path().resolve("config.json")).exists();
    }
  }

  @Test
  void whatDeadOwnersLeftIsSweptAndNothingElse() throws Exception {
    Path dead = leftover("dead", new Owner(1, "1", Owner.current().namespace()));
    Path fromAnotherContainer = leftover("other", new Owner(1, "1", "pid:[1]:boot"));
    Path foreign = Files.createDirectories(own.resolve(".docker").resolve("cli-plugins"));
    Path alive = leftover("alive", Owner.current());
    create("job-1").close();
    assertThat(dead).doesNotExist();
    assertThat(fromAnotherContainer).doesNotExist();
    assertThat(foreign).exists();
    assertThat(alive).exists();
  }

  @Test
  void secretFilesAreAsPrivate() throws Exception {
    AgentRequest request =
        AgentRequest.builder()
            .secretFiles(List.of(new SecretFile("key", "top".getBytes(StandardCharsets.UTF_8))))
            .build();
    try (CredentialsDirectory made = CredentialsDirectory.create(request, shared, own, docker)) {
      Path file = made.path().resolve("secret-1");
      assertThat(made.flags()).containsExactly("--secret=id=key,src=" + file);
      assertThat(Files.readString(file)).isEqualTo("top");
      assertThat(mode(file)).isEqualTo(0600);
      assertThat(made.secrets()).contains("top");
    }
  }

  @Test
  void keysAndCertificatesAreFilesThatFlagsName() throws Exception {
    SecretFile key = new SecretFile("default", new byte[] {'k'});
    AgentRequest request =
        AgentRequest.builder()
            .sshKeys(List.of(key, key))
            .credentials(List.of(new RegistryCertificate("r.example:5000", "chain", "private")))
            .build();
    try (CredentialsDirectory made = CredentialsDirectory.create(request, shared, own, docker)) {
      Path path = made.path();
      assertThat(made.flags())
          .containsExactly(
              "--ssh=default=" + path.resolve("key-1") + "," + path.resolve("key-2"),
              "--registry-client-cert=r.example:5000="
                  + path.resolve("certificate-3")
                  + ","
                  + path.resolve("key-3"));
      assertThat(mode(path.resolve("key-1"))).isEqualTo(0600);
      assertThat(mode(path.resolve("key-3"))).isEqualTo(0600);
      assertThat(made.secrets()).contains("k", "private");
    }
  }

  @Test
  void aMalformedFileFailsTheBuildAndLeavesNothing() throws Exception {
    Files.createDirectory(docker);
    Files.writeString(docker.resolve("config.json"), "hunter2");
    assertThatThrownBy(() -> create("job-1"))
        .hasMessageContaining(docker.resolve("config.json").toString())
        .hasMessageNotContaining("hunter2");
    assertThat(own).doesNotExist();
  }

  private CredentialsDirectory create(String buildId, RegistryCredentials... credentials)
      throws IOException {
    AgentRequest request =
        AgentRequest.builder().buildId(buildId).credentials(List.of(credentials)).build();
    return CredentialsDirectory.create(request, shared, own, docker);
  }

  private Path leftover(String name, Owner owner) throws IOException {
    Path directory = Files.createDirectories(own.resolve(".docker").resolve(name));
    Files.setAttribute(own.resolve(".docker"), "unix:mode", 0700);
    Files.writeString(directory.resolve("owner"), owner.format());
    Files.createFile(directory.resolve("lock"));
    return directory;
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }
}
