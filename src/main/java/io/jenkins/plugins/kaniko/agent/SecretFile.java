package io.jenkins.plugins.kaniko.agent;

import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;

/** A file for {@code RUN --mount=type=secret}. The text form does not show its content. */
public final class SecretFile implements Serializable {
  @Serial private static final long serialVersionUID = 1L;

  private final String id;
  private final byte[] content;

  /**
   * @param id as the Dockerfile names it
   */
  public SecretFile(String id, byte[] content) {
    this.id = Objects.requireNonNull(id, "id");
    this.content = content.clone();
  }

  public String id() {
    return id;
  }

  public byte[] content() {
    return content.clone();
  }

  @Override
  public String toString() {
    return "SecretFile[id=" + id + "]";
  }
}
