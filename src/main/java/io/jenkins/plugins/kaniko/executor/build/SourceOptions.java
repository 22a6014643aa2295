package io.jenkins.plugins.kaniko.executor.build;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where files come from besides the context.
 *
 * @param contexts by the name under which the Dockerfile uses them: an absolute path of a
 *     directory, {@code docker-image://REFERENCE} or {@code oci-layout://DIR[:TAG][@DIGEST]}
 */
public record SourceOptions(Map<String, String> contexts) {

  /** Nothing is given. */
  public static final SourceOptions NONE = new SourceOptions(Map.of());

  /** Copies what it gets. */
  public SourceOptions {
    contexts = Collections.unmodifiableMap(new LinkedHashMap<>(contexts));
  }
}
