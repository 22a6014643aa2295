package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.ImageReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where images are pulled from instead of the registry in their name. The longest source goes
 * first, and of equal ones that which was given first; the registry of the name itself comes last,
 * or not at all.
 */
final class Remapping {
  private final List<Rule> rules = new ArrayList<>();
  private final boolean fallback;

  /**
   * Takes the rules of the command line.
   *
   * @param fallback whether the original registry is asked when no other has the image
   */
  Remapping(List<Rule> given, boolean fallback) {
    given.stream().map(Rule::canonical).forEach(rules::add);
    rules.sort(Comparator.comparing(rule -> -rule.source().length()));
    this.fallback = fallback;
  }

  /** The places that may have an image, in the order in which they are asked. */
  List<ImageReference> candidates(ImageReference image) {
    List<ImageReference> places = new ArrayList<>();
    for (Rule rule : rules) {
      rule.apply(image).filter(place -> !places.contains(place)).ifPresent(places::add);
    }
    if ((fallback || places.isEmpty()) && !places.contains(image)) {
      places.add(image);
    }
    return places;
  }

  /**
   * One rule.
   *
   * @param source registry, or registry and the first components of repositories
   * @param target what these are replaced with
   */
  record Rule(String source, String target) {
    private Rule canonical() {
      String bare = source.replaceFirst("/+$", "");
      String host = bare.replaceFirst("/.*", "");
      return new Rule(
          DockerConfig.canonical(host) + bare.substring(host.length()),
          target.replaceFirst("/+$", ""));
    }

    private Optional<ImageReference> apply(ImageReference image) {
      String name = image.name();
      if (!name.startsWith(source + "/")) {
        return Optional.empty();
      }
      String moved = target + name.substring(source.length());
      int slash = moved.indexOf('/');
      return Optional.of(
          new ImageReference(
              DockerConfig.canonical(moved.substring(0, slash)),
              moved.substring(slash + 1),
              image.tag(),
              image.digest()));
    }
  }
}
