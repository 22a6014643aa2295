package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.layer.LayerTree;
import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A layer of an image that another image of this build has too: it is fetched and extracted once.
 *
 * @param first the layer as the other image has it
 * @param image that this one belongs to
 * @param descriptor as this image has it; its media type may be another one
 */
record SharedLayer(BaseLayer first, ImageReference image, Descriptor descriptor)
    implements StageLayer {
  @Override
  public Digest diffId() {
    return first.diffId();
  }

  @Override
  public Path blob() throws BuildException, InterruptedException {
    return first.blob();
  }

  @Override
  public Path extracted() throws BuildException, InterruptedException {
    return first.extracted();
  }

  @Override
  public LayerTree tree() throws BuildException, InterruptedException {
    return first.tree();
  }

  @Override
  public void contentVerified() throws BuildException, InterruptedException {
    first.contentVerified();
  }

  @Override
  public Optional<ImageReference> origin() {
    return Optional.of(image);
  }
}
