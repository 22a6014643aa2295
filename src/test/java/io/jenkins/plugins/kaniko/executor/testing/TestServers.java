package io.jenkins.plugins.kaniko.executor.testing;

import io.jenkins.plugins.kaniko.executor.layer.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;

/**
 * Servers that npm and Maven install, once for the user who runs the tests, from the files in
 * {@code src/test/servers}.
 */
final class TestServers {
  private static final Path WANTED = Path.of("src/test/servers");
  private static final Path HOME =
      Path.of(System.getProperty("user.home"), ".cache", "kaniko-build", "test-servers");

  private TestServers() {}

  /** The directory with Azurite's program. */
  static Path azurite() throws IOException, InterruptedException {
    return installed("package.json", List.of("npm", "install", "--no-audit", "--no-fund"))
        .resolve("node_modules")
        .resolve(".bin");
  }

  /** The directory with the jars of S3Proxy. */
  static Path s3proxy() throws IOException, InterruptedException {
    return installed(
            "pom.xml",
            List.of(
                "mvn",
                "-q",
                "-B",
                "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=jars"))
        .resolve("jars");
  }

  private static synchronized Path installed(String file, List<String> command)
      throws IOException, InterruptedException {
    Files.createDirectories(HOME);
    try (FileChannel channel =
            FileChannel.open(
                HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ours = channel.lock()) {
      Objects.requireNonNull(ours);
      Path home = HOME.resolve(file + ".d");
      Path done = HOME.resolve(file);
      if (Files.exists(done) && Files.mismatch(done, WANTED.resolve(file)) < 0) {
        return home;
      }
      Trees.delete(home);
      Files.createDirectories(home);
      Files.copy(WANTED.resolve(file), home.resolve(file));
      Process installer =
          new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
      String log = new String(installer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (installer.waitFor() != 0) {
        throw new IOException(command.get(0) + " cannot install a server of the tests: " + log);
      }
      Files.copy(WANTED.resolve(file), done, StandardCopyOption.REPLACE_EXISTING);
      return home;
    }
  }
}
