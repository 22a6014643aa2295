package io.jenkins.plugins.kaniko.executor.oci;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image, {@code registry/repository[:tag][@digest]}, with Docker's rules for short
 * names: {@code busybox} is {@code docker.io/library/busybox:latest}.
 *
 * @param registry host and optional port, {@code docker.io} for Docker Hub
 * @param repository the path under the host, such as {@code library/busybox}
 * @param tag the tag, if any
 * @param digest the digest to which the image is pinned, if any
 */
public record ImageReference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
  private static final String DOCKER_HUB = "docker.io";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
              + "|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
  private static final Pattern HEX_ID = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_NAME = 255;

  public ImageReference {
    if (!REGISTRY.matcher(registry).matches()) {
      throw invalid(registry, "the registry is not a host name with an optional port");
    }
    if (!REPOSITORY.matcher(repository).matches()) {
      throw invalid(repository, repositoryProblem(repository));
    }
    if (registry.length() + 1 + repository.length() > MAX_NAME) {
      throw invalid(repository, "the name is longer than " + MAX_NAME + " characters");
    }
    if (tag.isPresent() && !TAG.matcher(tag.get()).matches()) {
      throw invalid(
          repository + ":" + tag.get(),
          "a tag has up to 128 letters, digits, '_', '.' and '-', and starts with none of the last two");
    }
  }

  /**
   * Reads a reference; without tag and digest the tag is {@code latest}.
   *
   * @throws IllegalArgumentException if the text is not a reference; the message says what is wrong
   *     with it
   */
  public static ImageReference parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an image name is empty");
    }
    if (text.contains("://")) {
      throw invalid(
          text,
          "an image name has no scheme; leave '"
              + text.substring(0, text.indexOf("://") + 3)
              + "' out");
    }
    if (HEX_ID.matcher(text).matches()) {
      throw invalid(text, "it is an image id; use name@sha256:... instead");
    }
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    Optional<Digest> digest =
        at < 0 ? Optional.empty() : Optional.of(parseDigest(text, text.substring(at + 1)));
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(name.substring(colon + 1));
    String path = colon < 0 ? name : name.substring(0, colon);
    int slash = path.indexOf('/');
    String first = slash < 0 ? "" : path.substring(0, slash);
    String registry = isRegistry(first) ? first : DOCKER_HUB;
    String repository = isRegistry(first) ? path.substring(slash + 1) : path;
    if (registry.equals("index.docker.io")) {
      registry = DOCKER_HUB;
    }
    if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
      repository = "library/" + repository;
    }
    if (tag.isEmpty() && digest.isEmpty()) {
      tag = Optional.of("latest");
    }
    try {
      return new ImageReference(registry, repository, tag, digest);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage().replaceFirst("^'[^']*'", Matcher.quoteReplacement("'" + text + "'")), e);
    }
  }

  /**
   * Reads the name that an image is pushed to.
   *
   * @throws IllegalArgumentException as {@link #parse}, and if the text has a digest
   */
  public static ImageReference parseTag(String text) {
    ImageReference reference = parse(text);
    if (reference.digest().isPresent()) {
      throw invalid(text, "the digest of an image shows when it is built; give a tag instead");
    }
    return reference;
  }

  /** The name without tag and digest: {@code docker.io/library/busybox}. */
  public String name() {
    return registry + "/" + repository;
  }

  /** The short form that people write: {@code busybox:latest}. */
  public String familiarName() {
    if (!registry.equals(DOCKER_HUB)) {
      return toString();
    }
    String official = "library/";
    return (repository.startsWith(official) ? repository.substring(official.length()) : repository)
        + suffix();
  }

  /**
   * What a registry is asked for: the digest if there is one, else the tag, else {@code latest}.
   */
  public String version() {
    return digest.map(Digest::toString).or(() -> tag).orElse("latest");
  }

  public ImageReference withTag(String newTag) {
    return new ImageReference(registry, repository, Optional.of(newTag), Optional.empty());
  }

  public ImageReference withDigest(Digest newDigest) {
    return new ImageReference(registry, repository, tag, Optional.of(newDigest));
  }

  /** The full form: {@code docker.io/library/busybox:latest}. */
  @Override
  public String toString() {
    return name() + suffix();
  }

  // As of Digest.
  @Override
  public boolean equals(Object other) {
    return other instanceof ImageReference && toString().equals(other.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  /**
   * Docker's rule: a first component with a dot, a port or an upper-case letter, or "localhost", is
   * a host.
   */
  private static boolean isRegistry(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static Digest parseDigest(String reference, String digest) {
    try {
      return Digest.parse(digest);
    } catch (IllegalArgumentException e) {
      throw invalid(reference, e.getMessage());
    }
  }

  private static String repositoryProblem(String repository) {
    if (!repository.equals(repository.toLowerCase(Locale.ROOT))) {
      return "a repository name is lower case; try " + repository.toLowerCase(Locale.ROOT);
    }
    if (("/" + repository + "/").contains("//")) {
      return "a component of the repository name is empty";
    }
    return "a repository name has lower-case letters and digits, with single '.', '_', '__' or '-' between them, and '/' between components";
  }

  private static IllegalArgumentException invalid(String text, String problem) {
    return new IllegalArgumentException("'%s' is not an image name: %s".formatted(text, problem));
  }
}
