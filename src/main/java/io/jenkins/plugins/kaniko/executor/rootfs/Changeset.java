package io.jenkins.plugins.kaniko.executor.rootfs;

import io.jenkins.plugins.kaniko.executor.layer.LayerItem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a step changed, ready to be written as a layer: parents first, whiteouts before their
 * siblings, parents that did not change included so that no reader has to invent them.
 *
 * @param items in the order of the layer; empty when nothing changed
 * @param added paths that were not there before
 * @param changed paths that were
 * @param deleted whiteouts
 * @param bytes of content
 * @param directory the same changes as a lower layer of an overlay. While it is there, the contents
 *     stay as they are, so that the layer can be written beside later steps; where it is not, they
 *     have to be read before the next change
 */
public record Changeset(
    List<LayerItem> items,
    int added,
    int changed,
    int deleted,
    long bytes,
    Optional<Path> directory) {

  public Changeset {
    items = List.copyOf(items);
  }

  public boolean isEmpty() {
    return items.isEmpty();
  }

  public int files() {
    return added + changed + deleted;
  }
}
