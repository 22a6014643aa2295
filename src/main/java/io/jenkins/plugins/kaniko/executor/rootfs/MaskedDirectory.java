package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.sandbox.RootMount;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A directory seen through a layer of whiteouts: nothing of it is copied, and nothing changed. */
final class MaskedDirectory {
  private MaskedDirectory() {}

  static RootMount show(Path scratch, Path directory, List<LayerEntry> mask) throws IOException {
    Path links = Files.createDirectory(scratch.resolve("l"));
    Path top = Files.createDirectory(scratch.resolve("mask"));
    Files.createSymbolicLink(links.resolve("0"), top.toAbsolutePath());
    Files.createSymbolicLink(links.resolve("1"), directory.toAbsolutePath());
    TreeWriter writer = new TreeWriter(top, TreeWriter.Whiteouts.KEEP);
    for (LayerEntry entry : mask) {
      writer.write(entry, InputStream.nullInputStream());
    }
    writer.finish();
    Path upper = Files.createDirectory(scratch.resolve("upper"));
    OverlayRoot.copyAttributes(upper, mask.get(0));
    return new RootMount.Overlay(
        links, List.of("0", "1"), upper, Files.createDirectory(scratch.resolve("work")));
  }
}
