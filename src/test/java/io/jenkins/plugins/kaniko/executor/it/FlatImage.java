package io.jenkins.plugins.kaniko.executor.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * An image as a container would see it, taken out of a registry and laid flat here; nothing of the
 * executor takes part. Whatever the image-spec asks of manifest, config and layers is checked on
 * the way.
 */
record FlatImage(
    String digest,
    JsonNode manifest,
    JsonNode config,
    Map<String, Node> files,
    List<Set<String>> names) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Times before this one have been set by somebody. */
  private static final long EARLY = 1_000_000_000;

  /**
   * A file.
   *
   * @param type file, dir, symlink, fifo, char or block
   * @param content its bytes, one in each char
   * @param xattrs its extended attributes, in hexadecimal digits
   * @param group the paths that are names of the same file
   */
  record Node(
      String type,
      int mode,
      long uid,
      long gid,
      long mtime,
      String link,
      String content,
      Map<String, String> xattrs,
      Set<String> group) {
    String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
      return content.getBytes(StandardCharsets.ISO_8859_1);
    }

    String describe() {
      return "%s %o %d:%d%s%s%s%s"
          .formatted(
              type,
              mode,
              uid,
              gid,
              link.isEmpty() ? "" : " -> " + link,
              type.equals("file") ? " " + RegistryClient.digest(bytes()) : "",
              xattrs.isEmpty() ? "" : " " + xattrs,
              // All others are the time of the build.
              mtime < EARLY ? " of " + mtime : "");
    }
  }

  static FlatImage pull(RegistryClient registry, String repository, String reference)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = registry.manifest(repository, reference);
    assertThat(response.statusCode()).as("manifest of %s:%s", repository, reference).isEqualTo(200);
    JsonNode manifest = JSON.readTree(response.body());
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue(manifest.get("mediaType").textValue());
    JsonNode config = JSON.readTree(blob(registry, repository, manifest.get("config")));
    JsonNode diffIds = config.at("/rootfs/diff_ids");
    JsonNode layers = manifest.get("layers");
    assertThat(diffIds).as("one diffID for each layer").hasSize(layers.size());
    int entries = 0;
    for (JsonNode history : config.path("history")) {
      entries += history.path("empty_layer").asBoolean() ? 0 : 1;
    }
    assertThat(entries).as("history entries that have a layer").isEqualTo(layers.size());
    Map<String, Node> files = new TreeMap<>();
    List<Set<String>> names = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      byte[] tar = unpacked(blob(registry, repository, layers.get(i)));
      assertThat(RegistryClient.digest(tar)).isEqualTo(diffIds.get(i).textValue());
      names.add(apply(tar, files));
    }
    return new FlatImage(RegistryClient.digest(response.body()), manifest, config, files, names);
  }

  private static byte[] blob(RegistryClient registry, String repository, JsonNode descriptor)
      throws IOException, InterruptedException {
    byte[] content = registry.blob(repository, descriptor.get("digest").textValue());
    assertThat(content).hasSize(descriptor.get("size").intValue());
    assertThat(RegistryClient.digest(content)).isEqualTo(descriptor.get("digest").textValue());
    return content;
  }

  private static byte[] unpacked(byte[] blob) throws IOException {
    if ((blob[0] & 0xff) == 0x1f && (blob[1] & 0xff) == 0x8b) {
      return new GZIPInputStream(new ByteArrayInputStream(blob)).readAllBytes();
    }
    if ((blob[0] & 0xff) == 0x28 && (blob[1] & 0xff) == 0xb5) {
      return new ZstdInputStream(new ByteArrayInputStream(blob)).readAllBytes();
    }
    return blob;
  }

  /** Lays a layer over the files and says what it names. */
  private static Set<String> apply(byte[] tar, Map<String, Node> files) throws IOException {
    Map<String, Node> own = new HashMap<>();
    Set<String> names = new TreeSet<>();
    Set<String> gone = new HashSet<>();
    Set<String> opaque = new HashSet<>();
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String path = clean(entry.getName());
        assertThat(names.add(path)).as("%s stands once in its layer", path).isTrue();
        String parent = path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.equals(".wh..wh..opq")) {
          opaque.add(parent);
        } else if (name.startsWith(".wh.")) {
          gone.add((parent.isEmpty() ? "" : parent + "/") + name.substring(4));
        } else if (entry.isLink()) {
          Node first = own.get(clean(entry.getLinkName()));
          assertThat(first).as("%s comes after the file it links to", path).isNotNull();
          first.group().add(path);
          own.put(path, first);
        } else {
          own.put(path, node(path, entry, in));
        }
      }
    }
    files.keySet().removeIf(path -> isGone(path, gone, opaque));
    for (Map.Entry<String, Node> entry : own.entrySet()) {
      Node before = files.get(entry.getKey());
      if (before != null) {
        before.group().remove(entry.getKey());
        if (!entry.getValue().type().equals("dir")) {
          files.keySet().removeIf(path -> path.startsWith(entry.getKey() + "/"));
        }
      }
      files.put(entry.getKey(), entry.getValue());
    }
    return names;
  }

  private static boolean isGone(String path, Set<String> gone, Set<String> opaque) {
    for (String at = path; !at.isEmpty(); ) {
      if (gone.contains(at)) {
        return true;
      }
      at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "";
      if (opaque.contains(at)) {
        return true;
      }
    }
    return false;
  }

  private static Node node(String path, TarArchiveEntry entry, InputStream in) throws IOException {
    String type;
    if (entry.isDirectory()) {
      type = "dir";
    } else if (entry.isSymbolicLink()) {
      type = "symlink";
    } else if (entry.isFIFO()) {
      type = "fifo";
    } else if (entry.isCharacterDevice()) {
      type = "char";
    } else if (entry.isBlockDevice()) {
      type = "block";
    } else {
      type = "file";
    }
    return new Node(
        type,
        entry.getMode() & 07777,
        entry.getLongUserId(),
        entry.getLongGroupId(),
        entry.getLastModifiedTime().toInstant().getEpochSecond(),
        entry.isSymbolicLink() ? entry.getLinkName() : "",
        type.equals("file") ? new String(in.readAllBytes(), StandardCharsets.ISO_8859_1) : "",
        xattrs(entry),
        new TreeSet<>(Set.of(path)));
  }

  private static Map<String, String> xattrs(TarArchiveEntry entry) {
    Map<String, String> xattrs = new TreeMap<>();
    entry
        .getExtraPaxHeaders()
        .forEach(
            (name, value) -> {
              if (name.startsWith("SCHILY.xattr.")) {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                xattrs.put(name.substring(13), HexFormat.of().formatHex(bytes));
              }
            });
    return xattrs;
  }

  private static String clean(String name) {
    // Bytes that are not UTF-8 come as one or the other, by the kind of header they stand in.
    String path = name.replace('\ufffd', '?');
    while (path.startsWith("./") || path.startsWith("/")) {
      path = path.substring(path.indexOf('/') + 1);
    }
    return path.equals(".") || path.isEmpty()
        ? ""
        : path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
