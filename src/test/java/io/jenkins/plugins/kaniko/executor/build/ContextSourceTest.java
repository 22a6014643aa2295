package io.jenkins.plugins.kaniko.executor.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.context.BuildContext;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S17")
class ContextSourceTest {
  @TempDir private Path directory;

  /** S17: nothing is skipped silently. */
  @Test
  void aSocketIsLeftOutWithAWord() throws Exception {
    Path dockerfile = Files.writeString(directory.resolve("Dockerfile"), "FROM scratch\n");
    Files.createDirectory(directory.resolve("d"));
    Path socket = directory.resolve("d/socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      List<String> skipped = new ArrayList<>();
      BuildContext context = BuildContext.open(directory, dockerfile, List.of());
      ContextSource source = new ContextSource(context, skipped::add);

      assertThat(source.children(source.match("d").get(0))).isEmpty();
      assertThat(source.match("d/socket")).isEmpty();
      assertThat(skipped).containsExactly("d/socket");
    }
  }
}
