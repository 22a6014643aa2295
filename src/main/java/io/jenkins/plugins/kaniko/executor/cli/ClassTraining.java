package io.jenkins.plugins.kaniko.executor.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.build.SandboxEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The run from which {@link ClassArchive} is made: loads every class of the executor, and builds
 * and pushes a small image, so that the classes of the JDK that this needs are there as well.
 */
final class ClassTraining {
  private static final List<String> PACKAGES =
      List.of("io/jenkins/plugins/kaniko/executor/", "com/sun/jna/");

  private ClassTraining() {}

  /** Takes a directory to work in, and leaves nothing there. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "train-");
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM scratch AS a\nCOPY Dockerfile /d/\nFROM a\nENV A=b\nWORKDIR /w\nCOPY --from=a /d /e\nCMD [\"a\"]\n");
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", ClassTraining::answer);
    registry.start();
    int status = 0;
    try {
      for (String format : List.of("json", "text")) {
        status += build(directory, registry.getAddress().getPort(), format);
      }
      load(System.getProperty("java.class.path"));
    } finally {
      registry.stop(0);
      delete(directory);
    }
    System.exit(status);
  }

  private static int build(Path directory, int port, String format) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    SandboxEntry sandbox = new SandboxEntry(Main.class);
    Main.Surroundings surroundings = new Main.Surroundings(Map.of(), nowhere, System.err, false);
    return new Main(surroundings, sandbox::enter, sandbox::build)
        .run(
            List.of(
                "--context=" + directory,
                "--dockerfile=" + directory.resolve("Dockerfile"),
                "--destination=127.0.0.1:" + port + "/training",
                "--insecure-registry=127.0.0.1:" + port,
                "--store-dir=" + directory.resolve("store"),
                "--log-format=" + format));
  }

  /** A registry that has nothing and takes everything. */
  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    int status =
        switch (exchange.getRequestMethod()) {
          case "POST" -> 202;
          case "PUT" -> 201;
          case "DELETE" -> 204;
          case "HEAD" -> 404;
          default -> 200;
        };
    exchange.getResponseHeaders().set("Location", exchange.getRequestURI().getPath() + "upload");
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /** What a build with RUN needs on top is loaded, not run: that would take privileges. */
  private static void load(String jar) throws IOException {
    if (!Files.isRegularFile(Path.of(jar))) {
      return;
    }
    try (JarFile file = new JarFile(jar)) {
      for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
        String name = all.nextElement().getName();
        if (name.endsWith(".class") && PACKAGES.stream().anyMatch(name::startsWith)) {
          load(name.substring(0, name.length() - ".class".length()).replace('/', '.'), jar);
        }
      }
    }
  }

  private static void load(String name, String jar) {
    try {
      Class.forName(name, false, ClassTraining.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalStateException("tried to load " + name + " from " + jar, e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(path)) {
        for (Path child : children) {
          delete(child);
        }
      }
    }
    Files.delete(path);
  }
}
