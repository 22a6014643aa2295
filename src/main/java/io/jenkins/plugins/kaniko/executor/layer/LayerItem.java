package io.jenkins.plugins.kaniko.executor.layer;

import java.util.Objects;

/**
 * An entry together with its content.
 *
 * @param content of a file; {@link #NO_CONTENT} for everything else
 */
public record LayerItem(LayerEntry entry, Content content) {
  public static final Content NO_CONTENT = java.io.InputStream::nullInputStream;

  public LayerItem {
    Objects.requireNonNull(entry);
    Objects.requireNonNull(content);
  }

  public static LayerItem of(LayerEntry entry) {
    return new LayerItem(entry, NO_CONTENT);
  }
}
