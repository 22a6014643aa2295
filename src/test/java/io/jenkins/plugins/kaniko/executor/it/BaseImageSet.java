package io.jenkins.plugins.kaniko.executor.it;

import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Compression;
import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Format;
import io.jenkins.plugins.kaniko.executor.it.ImageMaker.Layer;
import java.io.IOException;
import java.util.List;

/** The base images that cases start from. */
final class BaseImageSet {
  private BaseImageSet() {}

  static void push(RegistryClient registry) throws IOException, InterruptedException {
    ImageMaker.system().push(registry, "base", "latest");
    ImageMaker.system().format(Format.OCI).push(registry, "base", "oci");
    stacked().push(registry, "stacked", "docker");
    stacked().format(Format.OCI).compression(Compression.ZSTD).push(registry, "stacked", "zstd");
    stacked().format(Format.OCI).compression(Compression.NONE).push(registry, "stacked", "plain");
    rich().push(registry, "rich", "latest");
    triggers().push(registry, "triggers", "latest");
    wholePaths().push(registry, "other", "latest");
    ImageMaker.system().layer(new Layer().capable("tool")).push(registry, "capable", "latest");
    ImageMaker.pushIndex(registry, "index", List.of("arm64", "amd64", "s390x"));
    ImageMaker foreign = wholePaths();
    foreign.root().put("architecture", "s390x");
    foreign.push(registry, "foreign", "latest");
  }

  /** Layers that delete, cover and replace what is below. */
  private static ImageMaker stacked() throws IOException, InterruptedException {
    Layer first = new Layer().directory("data").directory("data/old").directory("data/opaque");
    first.file("data/gone", "gone").file("data/old/file", "old").file("data/opaque/below", "below");
    first.file("data/kept", "kept").symlink("data/link", "kept").directory("data/dir-to-file");
    first.file("data/dir-to-file/x", "x").file("data/file-to-dir", "file");
    first
        .hardlink("data/kept-too", 0644, 0, 0, "data/kept")
        .symlink("lib", "usr/lib")
        .directory("usr/lib");
    Layer second = new Layer().directory("data").directory("data/opaque");
    second.file("data/.wh.gone", "").file("data/.wh.old", "");
    second.file("data/opaque/.wh..wh..opq", "").file("data/opaque/above", "above");
    second.file("data/dir-to-file", "now a file").directory("data/file-to-dir");
    second.file("data/file-to-dir/y", "y");
    Layer third = new Layer().directory("data/old", 0700, 5, 6).file("data/old/new", "new");
    return ImageMaker.system().layer(first).layer(second).layer(third);
  }

  /** A config with everything in it, and more than anybody knows. */
  private static ImageMaker rich() throws IOException, InterruptedException {
    ImageMaker maker = ImageMaker.system();
    maker.root().put("author", "somebody").put("x-root", "kept");
    maker.root().put("variant.unknown", 7);
    maker.config().putArray("Entrypoint").add("/entry");
    maker.config().put("X-Unknown", "kept").put("WorkingDir", "/home/app").put("User", "app");
    maker.config().put("StopSignal", "SIGQUIT").put("NetworkDisabled", true);
    maker.config().putObject("ExposedPorts").putObject("80/tcp");
    maker.config().putObject("Volumes").putObject("/base-volume");
    maker.config().putObject("Labels").put("from", "base").put("kept", "yes");
    maker.config().putObject("Healthcheck").putArray("Test").add("CMD").add("true");
    maker.config().putArray("Shell").add("/bin/sh").add("-ec");
    return maker;
  }

  private static ImageMaker triggers() throws IOException, InterruptedException {
    ImageMaker maker = ImageMaker.system();
    maker.config().putArray("OnBuild").add("COPY trigger /trigger").add("RUN echo ran > /ran");
    return maker;
  }

  /** Not a system: a few files of several owners, to be copied from. */
  private static ImageMaker wholePaths() {
    Layer layer = new Layer().directory("srv", 0750, 7, 8);
    layer.file("srv/tool", 04755, 7, 8, new byte[] {'t'}).symlink("current", "srv");
    layer.symlink("srv/abs", "/srv/tool").hardlink("srv/tool2", 04755, 7, 8, "srv/tool");
    return new ImageMaker().layer(layer);
  }
}
