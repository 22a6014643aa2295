package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.kaniko.executor.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems are maps from paths to contents here; null is a directory. */
class SquashedLayerTest {
  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir Path temporary;
  private int files;

  @Test
  void oneLayerDoesWhatSeveralDo() throws IOException {
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      Map<String, String> state = Map.of();
      List<LayerTree> layers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Map<String, String> next = change(state, random);
        layers.add(layer(difference(state, next)));
        state = next;
      }
      MergedTree base = MergedTree.of(layers.subList(0, 1));
      List<LayerTree> own = layers.subList(1, layers.size());

      SquashedLayer squashed = new SquashedLayer(own);
      boolean asks = squashed.asksBelow();
      LayerTree one = layer(squashed.items(asks ? base : MergedTree.of(List.of())));

      assertThat(read(MergedTree.of(layers))).as("the layers of seed %d", seed).isEqualTo(state);
      assertThat(read(MergedTree.of(List.of(layers.get(0), one))))
          .as("seed %d", seed)
          .isEqualTo(state);
    }
  }

  @Test
  void hardLinksStayLinksAndWhatWasDeletedIsNotThere() throws IOException {
    LayerEntry file = LayerEntry.file("f", 0644, 1, 2, 3, 9);
    LayerTree first =
        layer(
            List.of(
                new LayerItem(file, Content.of("old".getBytes(StandardCharsets.UTF_8))),
                LayerItem.of(file.withPath("g").asHardLinkTo("f")),
                LayerItem.of(file.withPath("h").asHardLinkTo("f"))));
    LayerTree second = layer(List.of(LayerItem.of(LayerEntry.whiteout("f"))));

    List<LayerItem> items =
        new SquashedLayer(List.of(first, second)).items(MergedTree.of(List.of()));

    assertThat(items).extracting(item -> item.entry().path()).containsExactly("f", "g", "h");
    assertThat(items)
        .extracting(item -> item.entry().type())
        .containsExactly(EntryType.WHITEOUT, EntryType.FILE, EntryType.HARDLINK);
    assertThat(items.get(2).entry().linkTarget()).isEqualTo("g");
    try (InputStream in = items.get(1).content().open()) {
      assertThat(in).hasContent("old");
    }
  }

  @Test
  void aDirectoryThatNoStepChangesIsNotInTheLayer() throws IOException {
    LayerTree only = layer(List.of(LayerItem.of(LayerEntry.whiteout("etc/x"))));

    assertThat(new SquashedLayer(List.of(only)).items(MergedTree.of(List.of())))
        .extracting(item -> item.entry().path())
        .containsExactly("etc/x");
  }

  private static Map<String, String> change(Map<String, String> before, Random random) {
    TreeMap<String, String> after = new TreeMap<>(before);
    for (int i = 0; i < 6; i++) {
      String path = "";
      int depth = 1 + random.nextInt(3);
      for (int j = 0; j < depth; j++) {
        if (!path.isEmpty() && after.get(path) != null) {
          remove(after, path);
        }
        if (!path.isEmpty()) {
          after.putIfAbsent(path, null);
        }
        path = Names.join(path, NAMES.get(random.nextInt(NAMES.size())));
      }
      remove(after, path);
      switch (random.nextInt(3)) {
        case 0 -> after.put(path, null);
        case 1 -> after.put(path, "content " + random.nextInt(1000));
        default -> {}
      }
    }
    return after;
  }

  private static void remove(Map<String, String> state, String path) {
    state.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
  }

  private static List<LayerItem> difference(Map<String, String> before, Map<String, String> after) {
    TreeSet<String> paths = new TreeSet<>();
    TreeSet<String> gone = new TreeSet<>();
    after.forEach(
        (path, content) -> {
          if (!before.containsKey(path) || !java.util.Objects.equals(before.get(path), content)) {
            paths.add(path);
          }
        });
    for (String path : before.keySet()) {
      String parent = Names.parent(path);
      boolean directory =
          parent.isEmpty() || (after.containsKey(parent) && after.get(parent) == null);
      boolean was = parent.isEmpty() || before.get(parent) == null;
      if (!after.containsKey(path) && directory && was) {
        gone.add(path);
      }
    }
    for (String path : List.copyOf(paths)) {
      for (String at = Names.parent(path); !at.isEmpty(); at = Names.parent(at)) {
        paths.add(at);
      }
    }
    List<LayerItem> items = new ArrayList<>();
    gone.forEach(path -> items.add(LayerItem.of(LayerEntry.whiteout(path))));
    for (String path : paths) {
      String content = after.get(path);
      items.add(
          content == null
              ? LayerItem.of(LayerEntry.directory(path, 0755, 0, 0, 0))
              : new LayerItem(
                  LayerEntry.file(path, 0644, 0, 0, content.length(), 0),
                  Content.of(content.getBytes(StandardCharsets.UTF_8))));
    }
    return items;
  }

  private LayerTree layer(List<LayerItem> items) throws IOException {
    Path blob = temporary.resolve("blob" + files++);
    LayerBlob written = LayerWriter.write(blob, MediaTypes.OCI_LAYER_GZIP, items);
    return new IndexTree(
        written.index(), () -> blob, Files.createDirectory(temporary.resolve("spool" + files)));
  }

  private static Map<String, String> read(MergedTree tree) throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    read(tree, "", found);
    return found;
  }

  private static void read(MergedTree tree, String directory, Map<String, String> found)
      throws IOException {
    for (Map.Entry<String, MergedTree.Node> child : tree.list(directory).entrySet()) {
      String path = Names.join(directory, child.getKey());
      if (child.getValue().entry().isDirectory()) {
        found.put(path, null);
        read(tree, path, found);
      } else {
        try (InputStream in = child.getValue().open()) {
          found.put(path, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
  }
}
