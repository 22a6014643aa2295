package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.build.RunOptions.Secret;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                "GIT_AUTH_HEADER.own.example:8443", "Bearer own"));
    GitAddress address = GitAddress.parse("https://git.example/a.git");

    assertThat(sources.authorization(address, "git.example")).contains(token("general"));
    assertThat(sources.authorization(address, "submodule.example")).isEmpty();
    assertThat(sources.authorization(address, "git.example:444")).isEmpty();
    assertThat(sources.authorization(address, "lab.example")).contains(token("lab"));
    assertThat(sources.authorization(address, "lab.example:8443")).contains(token("lab"));
    assertThat(sources.authorization(address, "own.example:8443")).contains("Bearer own");
    assertThat(sources.authorization(address, "own.example")).isEmpty();
  }

  private static String token(String value) {
    byte[] both = ("x-access-token:" + value).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private RemoteSources sources(Map<String, String> values) throws Exception {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      Path file = Files.createTempFile(temporary, "secret", "");
      Files.writeString(file, value.getValue() + "\n");
      secrets.put(value.getKey(), new Secret(Secret.Kind.FILE, file.toString()));
    }
    BuildRequest request =
        BuildRequest.builder()
            .contextDirectory(temporary)
            .kanikoDir(temporary)
            .storeDirectory(temporary)
            .runOptions(
                new RunOptions(secrets, Map.of(), "default", List.of(), OptionalLong.empty()))
            .build();
    return new RemoteSources(request, temporary);
  }
}
