package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.testing.CloudServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Digests that are put to signed addresses. */
class RemoteResultTest {
  private static final BuildRequest REQUEST =
      BuildRequest.builder()
          .contextDirectory(Path.of("/none"))
          .kanikoDir(Path.of("/none"))
          .storeDirectory(Path.of("/none"))
          .build();

  @Test
  void theTextIsPutAndAnswersCount() throws Exception {
    try (CloudServer server = new CloudServer()) {
      server.answer("PUT /digest", "");

      RemoteResult.put(REQUEST, server.url() + "/digest?signature=hunter2", "sha256:abc");

      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).line()).isEqualTo("PUT /digest?signature=hunter2");
      assertThat(server.requests().get(0).body()).isEqualTo("sha256:abc");
      server.status(403);
      assertThatThrownBy(() -> RemoteResult.put(REQUEST, server.url() + "/digest?s=hunter2", "x"))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("/digest, but the server answers 403")
          .hasMessageNotContaining("hunter2");
      assertThatThrownBy(() -> RemoteResult.put(REQUEST, "https://a b/?s=hunter2", "x"))
          .hasMessageContaining("that is no URL")
          .hasMessageNotContaining("hunter2");
    }
  }
}
