package io.jenkins.plugins.kaniko.executor.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.GZIPOutputStream;

/**
 * The run from which {@link ClassArchive} is made: loads every class of the executor, and pulls,
 * builds and pushes a small image, so that the classes of the JDK that this needs are there as
 * well, and those that stand for lambda expressions.
 */
final class ClassTraining {
  private static final List<String> PACKAGES =
      List.of("io/jenkins/plugins/kaniko/executor/", "com/sun/jna/");

  private static final String DOCKERFILE =
      """
      ARG BASE
      FROM $BASE AS a
      ARG V=1
      LABEL l="${V}"
      ENV A=b
      WORKDIR /w
      COPY . /d/
      COPY --chown=1:1 Docker* x/y /e/
      EXPOSE 80/tcp
      VOLUME /v
      STOPSIGNAL SIGINT
      USER 1:1
      SHELL ["/bin/sh", "-c"]
      HEALTHCHECK CMD true
      FROM a
      COPY --from=a /d /f
      ADD Dockerfile /g
      ENTRYPOINT ["a"]
      CMD ["b"]
      """;

  /** What an empty tar is. */
  private static final byte[] NO_FILES = new byte[1024];

  private final Map<String, byte[]> content = new HashMap<>();

  private ClassTraining() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(NO_FILES);
    }
    ImageConfig config =
        ImageConfig.scratch(Platform.current()).toBuilder()
            .layers(List.of(Digest.sha256(NO_FILES)), List.of())
            .build();
    Manifest manifest =
        Manifest.create(
            ImageFormat.DOCKER,
            blob(MediaTypes.DOCKER_CONFIG, config.toBytes()),
            List.of(blob(MediaTypes.DOCKER_LAYER_GZIP, zipped.toByteArray())));
    content.put("latest", manifest.toBytes());
  }

  private Descriptor blob(String mediaType, byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    content.put(digest.toString(), bytes);
    return Descriptor.of(mediaType, digest, bytes.length);
  }

  /** Takes a directory to work in, and leaves nothing there. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "train-");
    Path context = directory.resolve("context");
    Files.createDirectories(context.resolve("x"));
    Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
    Files.writeString(context.resolve(".dockerignore"), "*.log\n!x/**\nz/*/y\n");
    Files.writeString(context.resolve("x/y"), "y");
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", new ClassTraining()::answer);
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
    Main.Surroundings surroundings = new Main.Surroundings(Map.of(), nowhere, System.err, false);
    return Main.run(
        List.of(
            "--context=" + directory.resolve("context"),
            "--build-arg=BASE=127.0.0.1:" + port + "/base",
            "--destination=127.0.0.1:" + port + "/training",
            "--insecure-registry=127.0.0.1:" + port,
            "--store-dir=" + directory.resolve("store-" + format),
            "--log-format=" + format),
        surroundings);
  }

  /** A registry that has one image and takes everything. */
  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    byte[] found = path.startsWith("/v2/base/") ? content.get(path.replaceFirst(".*/", "")) : null;
    int status =
        switch (method) {
          case "POST" -> 202;
          case "PUT" -> 201;
          case "DELETE" -> 204;
          case "HEAD" -> found == null ? 404 : 200;
          default -> 200;
        };
    exchange.getResponseHeaders().set("Location", path + "upload");
    if (path.contains("/manifests/")) {
      exchange.getResponseHeaders().set("Content-Type", MediaTypes.DOCKER_MANIFEST);
    }
    if (found != null && method.equals("GET")) {
      exchange.sendResponseHeaders(status, found.length);
      exchange.getResponseBody().write(found);
    } else {
      exchange.sendResponseHeaders(status, -1);
    }
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
