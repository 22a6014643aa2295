package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.oci.ImageFormat;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The form of the image, beyond what the Dockerfile says.
 *
 * @param format of its manifest; that of the base image if absent
 * @param annotations of its manifest, in the order given
 * @param singleLayer the steps of the target and of the stages below it make one layer
 * @param notes to tell when the build begins: what was asked for and changes nothing
 */
public record ImageOptions(
    Optional<ImageFormat> format,
    Map<String, String> annotations,
    boolean singleLayer,
    List<String> notes) {

  /** Nothing is asked for. */
  public static final ImageOptions NONE =
      new ImageOptions(Optional.empty(), Map.of(), false, List.of());

  /** Copies what it gets. */
  public ImageOptions {
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    notes = List.copyOf(notes);
  }

  /** The format of an image on a base of the given one: only OCI's has a place for annotations. */
  ImageFormat formatOn(ImageFormat base) {
    return format.orElse(annotations.isEmpty() ? base : ImageFormat.OCI);
  }
}
