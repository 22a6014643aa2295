package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageConfig;
import io.jenkins.plugins.kaniko.executor.oci.ImageIndex;
import io.jenkins.plugins.kaniko.executor.oci.Manifest;
import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import io.jenkins.plugins.kaniko.executor.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** An image of an OCI image layout on the disk; every blob is held to its digest. */
final class LayoutImage {
  private static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final int MAX_DOCUMENT = 16 << 20;
  private static final int MAX_DEPTH = 4;

  private final BuildSession session;
  private final Instruction user;
  private final String address;
  private final Path directory;
  private final Optional<String> tag;
  private final Optional<Digest> digest;

  /**
   * @param address {@code DIR[:TAG][@DIGEST]}
   */
  LayoutImage(BuildSession session, Instruction user, String address) throws BuildException {
    this.session = session;
    this.user = user;
    this.address = address;
    int at = address.lastIndexOf("@sha");
    String named = at < 0 ? address : address.substring(0, at);
    int colon = named.lastIndexOf(':');
    boolean tagged = colon > named.lastIndexOf('/');
    directory = Path.of(tagged ? named.substring(0, colon) : named).toAbsolutePath();
    tag = tagged ? Optional.of(named.substring(colon + 1)) : Optional.empty();
    try {
      digest = at < 0 ? Optional.empty() : Optional.of(Digest.parse(address.substring(at + 1)));
    } catch (IllegalArgumentException e) {
      throw failure(e.getMessage(), e);
    }
  }

  /** The image for a platform. */
  StageState state(Platform platform) throws BuildException, InterruptedException {
    try {
      Descriptor chosen = chosen(ImageIndex.parse(bounded(directory.resolve("index.json"))));
      byte[] document = document(chosen);
      for (int depth = 0; MediaTypes.isIndex(Manifest.mediaTypeOf(document)); depth++) {
        Optional<Descriptor> next = ImageIndex.parse(document).select(platform);
        if (next.isEmpty() || depth == MAX_DEPTH) {
          throw failure("it has no image for " + platform + "; choose another", null);
        }
        document = document(next.get());
      }
      Manifest manifest = Manifest.parse(document);
      ImageConfig config = ImageConfig.parse(document(manifest.config()));
      List<Digest> diffIds = config.diffIds();
      if (manifest.layers().size() != diffIds.size()) {
        throw failure("manifest and config have different numbers of layers; make it anew", null);
      }
      List<StageLayer> layers = new ArrayList<>();
      for (int i = 0; i < diffIds.size(); i++) {
        layers.add(
            new BaseLayer(
                session,
                "oci-layout://" + address,
                Optional.empty(),
                this::copy,
                manifest.layers().get(i),
                diffIds.get(i)));
      }
      return new StageState(session.format(manifest.format()), config, layers);
    } catch (IllegalArgumentException e) {
      throw failure(e.getMessage(), e);
    } catch (IOException e) {
      throw failure(
          Files.isDirectory(directory)
              ? String.valueOf(e.getMessage()) + " cannot be read; name an OCI image layout"
              : "there is no directory " + directory,
          e);
    }
  }

  private Descriptor chosen(ImageIndex index) throws BuildException {
    List<Descriptor> all = index.manifests();
    if (digest.isPresent()) {
      // What the index does not list may be listed by one of its indexes.
      Optional<Descriptor> listed =
          all.stream().filter(entry -> entry.digest().equals(digest.get())).findFirst();
      return listed.orElseGet(
          () -> Descriptor.of(MediaTypes.OCI_MANIFEST, digest.get(), size(digest.get())));
    }
    String wanted = tag.orElse("latest");
    for (Descriptor entry : all) {
      String name = entry.annotation(REF_NAME).orElse("");
      if (name.equals(wanted) || name.endsWith(":" + wanted)) {
        return entry;
      }
    }
    if (tag.isEmpty() && all.size() == 1) {
      return all.get(0);
    }
    List<String> tags = all.stream().flatMap(entry -> entry.annotation(REF_NAME).stream()).toList();
    throw failure(
        "it has no image "
            + wanted
            + "; it has "
            + (tags.isEmpty()
                ? "images without a tag only: give a digest"
                : String.join(", ", tags)),
        null);
  }

  private long size(Digest blob) {
    try {
      return Files.size(file(blob));
    } catch (IOException e) {
      // Reading it will say so.
      return 0;
    }
  }

  private byte[] document(Descriptor descriptor) throws BuildException, IOException {
    byte[] bytes = bounded(file(descriptor.digest()));
    Digest actual =
        descriptor.digest().algorithm().equals("sha256")
            ? Digest.sha256(bytes)
            : Digest.sha512(bytes);
    if (!actual.equals(descriptor.digest())) {
      throw failure(descriptor.digest() + " has another content; make the layout anew", null);
    }
    return bytes;
  }

  private byte[] bounded(Path file) throws BuildException, IOException {
    if (Files.size(file) > MAX_DOCUMENT) {
      throw failure(file.getFileName() + " is larger than 16 MiB", null);
    }
    return Files.readAllBytes(file);
  }

  private Path file(Digest blob) {
    return directory.resolve("blobs").resolve(blob.algorithm()).resolve(blob.hex());
  }

  /** Copies a layer and compares it with its descriptor. */
  private void copy(Descriptor layer, OutputStream out) throws IOException {
    Path file = file(layer.digest());
    try {
      MessageDigest hash =
          MessageDigest.getInstance(
              layer.digest().algorithm().equals("sha256") ? "SHA-256" : "SHA-512");
      long size;
      try (InputStream in =
          new DigestInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), hash)) {
        size = in.transferTo(out);
      }
      String actual = HexFormat.of().formatHex(hash.digest());
      if (size != layer.size() || !actual.equals(layer.digest().hex())) {
        throw new IOException(
            "tried to read "
                + layer.digest()
                + " of the OCI layout "
                + directory
                + ", but its content is not what its digest says; make the layout anew");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private BuildException failure(String reason, Throwable cause) {
    return Failures.at(
        user, "tried to use " + NamedContexts.LAYOUT + address + ", but " + reason, cause);
  }
}
