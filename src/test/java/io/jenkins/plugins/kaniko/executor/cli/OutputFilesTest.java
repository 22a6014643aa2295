package io.jenkins.plugins.kaniko.executor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.kaniko.executor.build.BuildException;
import io.jenkins.plugins.kaniko.executor.build.BuildException.Category;
import io.jenkins.plugins.kaniko.executor.build.BuildRequest;
import io.jenkins.plugins.kaniko.executor.build.ResultFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {
  @TempDir Path temporary;

  @Test
  void everyFileHasItsForm() throws Exception {
    Path digest = temporary.resolve("new/dir/digest");
    Path names = temporary.resolve("names");
    Path tags = temporary.resolve("tags");
    Path metadata = temporary.resolve("metadata.json");
    OutputFiles files =
        new OutputFiles(
            request()
                .resultFiles(
                    new ResultFiles(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(digest.toString()),
                        Optional.of(names.toString()),
                        Optional.of(tags.toString()),
                        Optional.of(metadata),
                        Optional.of(temporary)))
                .build());

    files.check();
    assertThat(names).doesNotExist();
    files.write(Samples.result());

    String sum = Samples.DIGEST;
    assertThat(digest).hasContent(sum).hasSize(sum.length());
    assertThat(Files.readString(names))
        .isEqualTo("localhost:5000/team/app@" + sum + "\nregistry.example.com/app@" + sum + "\n");
    assertThat(Files.readString(tags))
        .isEqualTo(
            "localhost:5000/team/app:1@" + sum + "\nregistry.example.com/app:latest@" + sum + "\n");
    assertThat(Files.readString(temporary.resolve("images")))
        .isEqualTo(
            "{\"name\":\"localhost:5000/team/app:1\",\"digest\":\"%s\"}\n{\"name\":\"registry.example.com/app:latest\",\"digest\":\"%s\"}\n"
                .formatted(sum, sum));
    assertThat(Files.readString(metadata)).contains("\"schemaVersion\" : 1").endsWith("}\n");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).hasSize(5);
    }
  }

  @Test
  void anExistingFileIsReplacedAsAWhole() throws Exception {
    Path file = Files.writeString(temporary.resolve("digest"), "old and much longer".repeat(9));
    Path twin = Files.createLink(temporary.resolve("twin"), file);

    new OutputFiles(digestTo(file)).write(Samples.result());

    assertThat(file).hasContent(Samples.DIGEST);
    assertThat(Files.readString(twin)).startsWith("old");
  }

  @Test
  void aSymlinkIsWrittenThrough() throws Exception {
    Path target = Files.createDirectory(temporary.resolve("d")).resolve("digest");
    Files.writeString(target, "");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), target);

    new OutputFiles(digestTo(link)).write(Samples.result());

    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent(Samples.DIGEST);
  }

  @Test
  void aPipeIsWrittenInPlaceAndNotTouchedBefore() throws Exception {
    Path pipe = temporary.resolve("pipe");
    assertThat(run("mkfifo", pipe.toString())).isZero();
    OutputFiles files = new OutputFiles(digestTo(pipe));

    files.check();
    Process reader = new ProcessBuilder("cat", pipe.toString()).start();
    files.write(Samples.result());

    assertThat(reader.inputReader().readLine()).isEqualTo(Samples.DIGEST);
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }

  @Test
  void aMountPointIsWrittenInPlace() throws Exception {
    Path source = Files.writeString(temporary.resolve("source"), "");
    Path target = Files.writeString(temporary.resolve("target"), "");
    assumeTrue(
        run("mount", "--bind", source.toString(), target.toString()) == 0,
        "needs the right to mount");
    try {
      OutputFiles files = new OutputFiles(digestTo(target));
      files.check();
      files.write(Samples.result());

      assertThat(source).hasContent(Samples.DIGEST);
    } finally {
      assertThat(run("umount", target.toString())).isZero();
    }
  }

  @Test
  void aDescriptorIsWrittenBehindWhatIsThereAndNotReplaced() throws Exception {
    Path log = Files.writeString(temporary.resolve("log"), "line ");
    try (FileChannel open = FileChannel.open(log, StandardOpenOption.APPEND)) {
      Path descriptor = descriptorOf(log);
      OutputFiles files = new OutputFiles(digestTo(descriptor));
      files.check();
      files.write(Samples.result());
      open.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)));
    }

    assertThat(log).hasContent("line " + Samples.DIGEST + "end");
  }

  private static Path descriptorOf(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(descriptor -> Files.isRegularFile(descriptor))
          .filter(descriptor -> leadsTo(descriptor, file))
          .findFirst()
          .orElseThrow();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.isSameFile(descriptor, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).start().waitFor();
  }

  @Test
  void whatCannotBeWrittenIsFoundBeforeTheBuild() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    Path directory = Files.createDirectory(temporary.resolve("directory"));

    assertUnusable(file.resolve("below"));
    assertUnusable(directory);
    assertUnusable(Path.of("/proc/none/digest"));
  }

  private static void assertUnusable(Path file) {
    OutputFiles files = new OutputFiles(digestTo(file));
    assertThatThrownBy(files::check)
        .isInstanceOfSatisfying(
            BuildException.class, e -> assertThat(e.category()).isEqualTo(Category.ENVIRONMENT))
        .hasMessageContaining(file.toString());
  }

  private static BuildRequest digestTo(Path file) {
    ResultFiles none = ResultFiles.NONE;
    return request()
        .resultFiles(
            new ResultFiles(
                none.tar(),
                none.layout(),
                Optional.of(file.toString()),
                none.names(),
                none.tags(),
                none.metadata(),
                none.builderOutput()))
        .build();
  }

  static BuildRequest.Builder request() {
    return BuildRequest.builder()
        .contextDirectory(Path.of("/context"))
        .kanikoDir(Path.of("/kaniko"))
        .storeDirectory(Path.of("/store"));
  }
}
