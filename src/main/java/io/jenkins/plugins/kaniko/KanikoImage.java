package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * An image that a build made: what the step returns, and what the run keeps. A sandboxed Pipeline
 * may read all of it. What a real kaniko executor does not tell is empty or 0. In the REST API of
 * the run it is short: layers, steps and warnings are on the page of the images.
 */
@ExportedBean(defaultVisibility = 3)
public final class KanikoImage implements Serializable {
  private static final long serialVersionUID = 1;

  private final String digest;
  private final String imageId;
  private final List<String> references;
  private final List<String> tags;
  private final boolean pushed;
  private final long size;
  private final List<ImageLayer> layers;
  private final List<ImageStep> steps;
  private final int cacheHits;
  private final List<ImageWarning> warnings;
  private final long durationMillis;

  KanikoImage(AgentResult result) {
    digest = result.digest();
    imageId = result.imageId();
    references = new ArrayList<>(result.references());
    tags = new ArrayList<>(result.tags());
    pushed = result.pushed();
    size = result.size();
    layers = new ArrayList<>(result.layers().stream().map(ImageLayer::new).toList());
    steps = new ArrayList<>(result.steps().stream().map(ImageStep::new).toList());
    cacheHits = result.cacheHits();
    warnings = new ArrayList<>(result.warnings().stream().map(ImageWarning::new).toList());
    durationMillis = result.durationMillis();
  }

  /** Of the manifest: {@code sha256:...}. */
  @Exported
  @Whitelisted
  public String getDigest() {
    return digest;
  }

  /** Digest of the config: {@code sha256:...}. */
  @Exported
  @Whitelisted
  public String getImageId() {
    return imageId;
  }

  /** {@code registry/repository:tag@digest} of every destination. */
  @Exported
  @Whitelisted
  public List<String> getReferences() {
    return references;
  }

  @Exported
  @Whitelisted
  public List<String> getTags() {
    return tags;
  }

  @Exported
  @Whitelisted
  public boolean isPushed() {
    return pushed;
  }

  /** Compressed bytes of all layers. */
  @Exported
  @Whitelisted
  public long getSize() {
    return size;
  }

  /** Base first. */
  @Exported(visibility = 2)
  @Whitelisted
  public List<ImageLayer> getLayers() {
    return layers;
  }

  /** In the order of the Dockerfile. */
  @Exported(visibility = 2)
  @Whitelisted
  public List<ImageStep> getSteps() {
    return steps;
  }

  /** Steps that came from the cache. */
  @Exported
  @Whitelisted
  public int getCacheHits() {
    return cacheHits;
  }

  @Exported(visibility = 2)
  @Whitelisted
  public List<ImageWarning> getWarnings() {
    return warnings;
  }

  @Exported
  @Whitelisted
  public long getDurationMillis() {
    return durationMillis;
  }

  /** By what people know it: the first reference, or the digest of an image that has none. */
  public String getName() {
    return references.isEmpty() ? digest : references.get(0);
  }

  /** The name without its digest, which follows it on the page; the digest alone without a name. */
  public String getTitle() {
    return references.isEmpty() ? digest : references.get(0).replaceFirst("@.*", "");
  }

  public String getSizeText() {
    return Texts.bytes(size);
  }

  public String getDurationText() {
    return Texts.duration(durationMillis);
  }

  /** Where the bytes are, as a chart. */
  public Chart getLayerChart() {
    return Chart.ofLayers(layers);
  }

  /** Where the time went, as a chart. */
  public Chart getTimeChart() {
    return Chart.ofSteps(steps);
  }

  @Override
  public String toString() {
    return getName();
  }
}
