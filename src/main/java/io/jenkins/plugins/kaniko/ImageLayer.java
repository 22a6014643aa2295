package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A layer of an image. */
@ExportedBean(defaultVisibility = 3)
public final class ImageLayer implements Serializable {
  private static final long serialVersionUID = 1;

  private final String digest;
  private final String diffId;
  private final long size;
  private final String createdBy;

  ImageLayer(AgentResult.Layer layer) {
    digest = layer.digest();
    diffId = layer.diffId();
    size = layer.size();
    createdBy = layer.createdBy();
  }

  /** Of the compressed blob. */
  @Exported
  @Whitelisted
  public String getDigest() {
    return digest;
  }

  /** Digest of the uncompressed tar. */
  @Exported
  @Whitelisted
  public String getDiffId() {
    return diffId;
  }

  /** Compressed bytes. */
  @Exported
  @Whitelisted
  public long getSize() {
    return size;
  }

  /** The instruction it comes from; may be empty. */
  @Exported
  @Whitelisted
  public String getCreatedBy() {
    return createdBy;
  }

  public String getSizeText() {
    return Texts.bytes(size);
  }

  /** The instruction, or the digest where it is not known. */
  public String getTitle() {
    return createdBy.isEmpty() ? digest : createdBy;
  }
}
