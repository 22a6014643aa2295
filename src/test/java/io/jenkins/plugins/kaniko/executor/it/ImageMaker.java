package io.jenkins.plugins.kaniko.executor.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Makes base images entry by entry and puts them into a registry, with no builder involved. */
final class ImageMaker {
  /** What the manifest and its blobs call themselves. */
  enum Format {
    DOCKER,
    OCI
  }

  /** How layers are compressed. */
  enum Compression {
    GZIP,
    ZSTD,
    NONE
  }

  /** One layer as it is written. */
  static final class Layer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    Layer directory(String path, int mode, int uid, int gid) {
      TarArchiveEntry entry = new TarArchiveEntry(path + "/");
      return put(entry, mode, uid, gid, new byte[0]);
    }

    Layer directory(String path) {
      return directory(path, 0755, 0, 0);
    }

    Layer file(String path, int mode, int uid, int gid, byte[] content) {
      return put(new TarArchiveEntry(path), mode, uid, gid, content);
    }

    /**
     * A program that may use raw sockets, whoever starts it (CAP_NET_RAW, permitted and effective),
     * with an attribute of its own.
     */
    Layer capable(String path) {
      TarArchiveEntry entry = new TarArchiveEntry(path);
      entry.addPaxHeader("SCHILY.xattr.security.capability", "\1\0\0\2\0\40" + "\0".repeat(14));
      entry.addPaxHeader("SCHILY.xattr.user.mine", "own");
      return put(entry, 0755, 0, 0, new byte[] {'t'});
    }

    Layer file(String path, String content) {
      return file(path, 0644, 0, 0, content.getBytes(StandardCharsets.UTF_8));
    }

    Layer symlink(String path, String target) {
      TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
      entry.setLinkName(target);
      return put(entry, 0777, 0, 0, new byte[0]);
    }

    /** A further name of a file, whose mode and owner have to be given again. */
    Layer hardlink(String path, int mode, int uid, int gid, String target) {
      TarArchiveEntry entry = new TarArchiveEntry(path, TarConstants.LF_LINK);
      entry.setLinkName(target);
      return put(entry, mode, uid, gid, new byte[0]);
    }

    private Layer put(TarArchiveEntry entry, int mode, int uid, int gid, byte[] content) {
      entry.setMode(mode);
      entry.setIds(uid, gid);
      entry.setModTime(1_600_000_000_000L);
      entry.setSize(content.length);
      try {
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return this;
    }

    private byte[] tar() throws IOException {
      tar.finish();
      return bytes.toByteArray();
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Layer> layers = new ArrayList<>();
  private final ObjectNode config = JSON.createObjectNode();
  private Format format = Format.DOCKER;
  private Compression compression = Compression.GZIP;

  ImageMaker() {
    config.put("architecture", goArchitecture()).put("os", "linux");
    config.put("created", "2020-09-13T12:26:40Z");
    config.putObject("config");
  }

  /** A small system around this machine's static busybox, with users and groups. */
  static ImageMaker system() throws IOException, InterruptedException {
    Path busybox = Path.of("/bin/busybox");
    Layer layer = new Layer();
    for (String directory : List.of("bin", "etc", "home", "usr", "usr/bin", "usr/local", "var")) {
      layer.directory(directory);
    }
    layer.directory("root", 0700, 0, 0).directory("tmp", 01777, 0, 0);
    layer.directory("home/app", 0750, 1000, 1001);
    layer.file("bin/busybox", 0755, 0, 0, Files.readAllBytes(busybox));
    for (String applet : Commands.must(busybox.toString(), "--list").split("\n", -1)) {
      if (!applet.isBlank() && !applet.equals("busybox")) {
        layer.symlink("bin/" + applet, "busybox");
      }
    }
    layer.file(
        "etc/passwd",
        """
        root:x:0:0:root:/root:/bin/sh
        app:x:1000:1001:app:/home/app:/bin/sh
        homeless:x:1002:1002:::/bin/sh
        """);
    layer.file(
        "etc/group",
        """
        root:x:0:
        app:x:1001:
        wheel:x:10:app,other
        audio:x:29:other,app
        homeless:x:1002:
        """);
    ImageMaker maker = new ImageMaker().layer(layer);
    maker.config().putArray("Env").add("PATH=/usr/bin:/bin").add("BASE=base");
    maker.config().putArray("Cmd").add("sh");
    return maker;
  }

  ImageMaker layer(Layer layer) {
    layers.add(layer);
    return this;
  }

  /** The object {@code config} of the image config, to be changed. */
  ObjectNode config() {
    return (ObjectNode) config.get("config");
  }

  /** The image config itself, to be changed. */
  ObjectNode root() {
    return config;
  }

  ImageMaker format(Format value) {
    format = value;
    return this;
  }

  ImageMaker compression(Compression value) {
    compression = value;
    return this;
  }

  /** Pushes it and says the manifest's digest. */
  String push(RegistryClient registry, String repository, String tag)
      throws IOException, InterruptedException {
    ObjectNode rootfs = config.putObject("rootfs").put("type", "layers");
    ArrayNode diffIds = rootfs.putArray("diff_ids");
    ArrayNode history = config.putArray("history");
    ObjectNode manifest = JSON.createObjectNode().put("schemaVersion", 2);
    manifest.put("mediaType", manifestType());
    ObjectNode configDescriptor = manifest.putObject("config");
    ArrayNode descriptors = manifest.putArray("layers");
    for (Layer layer : layers) {
      byte[] tar = layer.tar();
      byte[] packed = pack(tar);
      diffIds.add(RegistryClient.digest(tar));
      history.addObject().put("created", "2020-09-13T12:26:40Z").put("created_by", "base layer");
      descriptor(descriptors.addObject(), layerType(), packed);
      registry.putBlob(repository, packed);
    }
    byte[] bytes = JSON.writeValueAsBytes(config);
    registry.putBlob(repository, bytes);
    descriptor(configDescriptor, configType(), bytes);
    return registry.putManifest(repository, tag, manifestType(), JSON.writeValueAsString(manifest));
  }

  /** Pushes an index of images, each with a file that is named after its architecture. */
  static void pushIndex(RegistryClient registry, String repository, List<String> architectures)
      throws IOException, InterruptedException {
    String type = "application/vnd.oci.image.index.v1+json";
    ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", type);
    ArrayNode manifests = index.putArray("manifests");
    for (String architecture : architectures) {
      ImageMaker maker = new ImageMaker().format(Format.OCI);
      maker.layer(new Layer().file("is-" + architecture, architecture));
      maker.root().put("architecture", architecture);
      String digest = maker.push(registry, repository, architecture);
      byte[] manifest = registry.manifest(repository, digest).body();
      ObjectNode entry = manifests.addObject();
      descriptor(entry, maker.manifestType(), manifest);
      entry.putObject("platform").put("os", "linux").put("architecture", architecture);
    }
    registry.putManifest(repository, "latest", type, JSON.writeValueAsString(index));
  }

  static String goArchitecture() {
    String name = System.getProperty("os.arch");
    return name.equals("aarch64") ? "arm64" : name;
  }

  private static void descriptor(ObjectNode node, String mediaType, byte[] content) {
    node.put("mediaType", mediaType).put("size", content.length);
    node.put("digest", RegistryClient.digest(content));
  }

  private byte[] pack(byte[] tar) throws IOException {
    return switch (compression) {
      case NONE -> tar;
      case ZSTD -> Zstd.compress(tar);
      case GZIP -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
          gzip.write(tar);
        }
        yield out.toByteArray();
      }
    };
  }

  private String manifestType() {
    return format == Format.OCI
        ? "application/vnd.oci.image.manifest.v1+json"
        : "application/vnd.docker.distribution.manifest.v2+json";
  }

  private String configType() {
    return format == Format.OCI
        ? "application/vnd.oci.image.config.v1+json"
        : "application/vnd.docker.container.image.v1+json";
  }

  private String layerType() {
    if (format == Format.DOCKER) {
      return "application/vnd.docker.image.rootfs.diff.tar.gzip";
    }
    String suffix =
        switch (compression) {
          case GZIP -> "+gzip";
          case ZSTD -> "+zstd";
          case NONE -> "";
        };
    return "application/vnd.oci.image.layer.v1.tar" + suffix;
  }
}
