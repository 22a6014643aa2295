package io.jenkins.plugins.kaniko.executor.source;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A git repository and what is wanted of it, as BuildKit writes it: {@code URL#REF:SUBDIR} or
 * {@code URL?branch=&tag=&ref=&commit=&subdir=&submodules=&keep-git-dir=}.
 *
 * @param remote without user, password, query and fragment; an ssh address keeps its user
 * @param userInfo {@code USER:PASSWORD} of an http or https address: a secret
 * @param ref branch, tag, other ref or commit; empty for the default branch
 * @param commit what the ref has to be: the digits of a commit or the first of them
 * @param subdirectory of the repository, without a leading slash
 */
public record GitAddress(
    String remote,
    Optional<String> userInfo,
    Optional<String> ref,
    Optional<String> commit,
    Optional<String> subdirectory,
    Optional<Boolean> submodules,
    Optional<Boolean> keepGitDir,
    boolean byCommit) {
  private static final Pattern GIT =
      Pattern.compile(
          "(?i)(ssh|git)://.*|[\\w.-]+@[\\w.-]+:.*|https?://[^?#]*\\.git/?([?#].*)?",
          Pattern.DOTALL);
  private static final Pattern PARTS =
      Pattern.compile("([^?#]*)(?:\\?([^#]*))?(?:#(.*))?", Pattern.DOTALL);
  private static final Pattern HTTP =
      Pattern.compile("((?i)https?://)(?:([^/@]*)@)?([^/@]+(?:/.*)?)");
  private static final Pattern HOST =
      Pattern.compile("(?:([a-zA-Z]+)://)?(?:[^/@]*@)?(\\[[^]]*]|[^/:]+)(?::([0-9]+)(?=/|$))?.*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,40}");
  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,40}");
  private static final Pattern REF_AND_COMMIT = Pattern.compile("(.*)#([0-9a-f]{7,40})");
  private static final int FULL = 40;

  /** Whether a text is the address of a git repository, and not of a file. */
  public static boolean isGit(String text) {
    return GIT.matcher(text).matches();
  }

  /**
   * Reads a source of ADD or a named context.
   *
   * @throws SourceException if it is not well-formed; the message does not repeat it
   */
  public static GitAddress parse(String text) throws SourceException {
    Matcher parts = PARTS.matcher(text);
    if (!isGit(text) || !parts.matches() || hasControl(text)) {
      throw malformed("it is no address of a git repository");
    }
    GitAddress address = plain(parts.group(1));
    Wanted wanted = new Wanted();
    if (parts.group(2) != null) {
      for (String field : parts.group(2).split("&", -1)) {
        wanted.field(field);
      }
    }
    if (parts.group(3) != null) {
      wanted.fragment(parts.group(3));
    }
    return wanted.of(address);
  }

  /**
   * Reads a build context as kaniko does: {@code git://} means https, and a second fragment is the
   * commit: {@code git://HOST/PATH#REF#COMMIT}.
   *
   * @param scheme what {@code git://} stands for: https or http
   */
  public static GitAddress parseContext(String text, String scheme) throws SourceException {
    String url = text.replaceFirst("(?i)^git://", Matcher.quoteReplacement(scheme + "://"));
    int fragment = url.indexOf('#');
    Optional<String> commit = Optional.empty();
    if (fragment >= 0) {
      Matcher both = REF_AND_COMMIT.matcher(url.substring(fragment + 1));
      if (both.matches()) {
        commit = Optional.of(both.group(2));
        url = url.substring(0, fragment) + (both.group(1).isEmpty() ? "" : "#" + both.group(1));
      }
    }
    // kaniko asks for no particular end of the path.
    String path = url.replaceFirst("[?#].*", "");
    String rest = url.substring(path.length());
    boolean dotted = isGit(path);
    GitAddress address = parse((dotted ? path : path + ".git") + rest);
    if (!dotted) {
      address = address.withRemote(address.remote().replaceFirst("\\.git$", ""));
    }
    return commit.isPresent() ? address.withCommit(commit.get()) : address;
  }

  /** The address of a submodule, from {@code .gitmodules} or joined with its parent's. */
  static GitAddress ofSubmodule(String url, String commit) throws SourceException {
    // A path in the agent's file system, an option or another transport is no address.
    boolean known = url.matches("(?i)(https?|ssh|git)://[^-/].*|[\\w.]?[\\w.-]*@[\\w.][\\w.-]*:.*");
    if (!known || url.startsWith("-") || hasControl(url)) {
      throw malformed("only http, https, ssh and git addresses are followed");
    }
    GitAddress plain = plain(url);
    return new GitAddress(
        plain.remote,
        plain.userInfo,
        Optional.of(commit),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  /**
   * The same with what the ref has to be.
   *
   * @param wanted the digits of the commit or the first of them, at least one
   */
  public GitAddress withCommit(String wanted) throws SourceException {
    if (!PREFIX.matcher(wanted).matches()) {
      throw malformed("a commit has up to 40 hexadecimal digits");
    }
    if (commit.isPresent()
        && !commit.get().startsWith(wanted)
        && !wanted.startsWith(commit.get())) {
      throw malformed("it names two commits");
    }
    String longer = commit.filter(known -> known.length() > wanted.length()).orElse(wanted);
    return new GitAddress(
        remote, userInfo, ref, Optional.of(longer), subdirectory, submodules, keepGitDir, byCommit);
  }

  /** The same, at a ref where it names none. */
  public GitAddress withDefaultRef(String name) {
    return new GitAddress(
        remote,
        userInfo,
        ref.or(() -> Optional.of(name)),
        commit,
        subdirectory,
        submodules,
        keepGitDir,
        byCommit);
  }

  private GitAddress withRemote(String other) {
    return new GitAddress(
        other, userInfo, ref, commit, subdirectory, submodules, keepGitDir, byCommit);
  }

  /** Lower-case {@code http}, {@code https}, {@code git} or {@code ssh}. */
  String scheme() {
    int colon = remote.indexOf("://");
    return colon < 0 ? "ssh" : remote.substring(0, colon).toLowerCase(Locale.ROOT);
  }

  /** Host of the remote. */
  String host() {
    Matcher matcher = HOST.matcher(remote);
    return matcher.matches() ? matcher.group(2) : "";
  }

  /** Host of an http or https remote, with its port where that is not the standard one. */
  public String authority() {
    Matcher matcher = HOST.matcher(remote);
    if (!matcher.matches()) {
      return "";
    }
    String port = matcher.group(3);
    boolean standard = port == null || port.equals(scheme().equals("http") ? "80" : "443");
    return matcher.group(2).toLowerCase(Locale.ROOT) + (standard ? "" : ":" + port);
  }

  static boolean isFullCommit(String text) {
    return text.length() == FULL && COMMIT.matcher(text).matches();
  }

  static boolean isShortCommit(String text) {
    return text.length() < FULL && COMMIT.matcher(text).matches();
  }

  /** For messages: no secret. */
  @Override
  public String toString() {
    return remote + ref.map(name -> "#" + name).orElse("");
  }

  private static GitAddress plain(String url) throws SourceException {
    String remote = url;
    Optional<String> userInfo = Optional.empty();
    Matcher http = HTTP.matcher(url);
    if (http.matches()) {
      remote = http.group(1) + http.group(3);
      userInfo = Optional.ofNullable(http.group(2)).filter(text -> !text.isEmpty());
    } else if (url.matches("(?i)https?://.*") || url.matches("(?i)ssh://[^/@]*:[^/@]*@.*")) {
      throw malformed("user and password cannot be read, or there is one for ssh");
    }
    GitAddress address =
        new GitAddress(
            remote,
            userInfo,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);
    if (address.host().isEmpty() || address.host().startsWith("-")) {
      throw malformed("its host is missing or is an option");
    }
    return address;
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static SourceException malformed(String reason) {
    return new SourceException(
        "tried to read the address of a git repository, but " + reason + "; correct it");
  }

  /** What query and fragment ask for. */
  private static final class Wanted {
    private Optional<String> ref = Optional.empty();
    private Optional<String> commit = Optional.empty();
    private Optional<String> subdirectory = Optional.empty();
    private Optional<Boolean> submodules = Optional.empty();
    private Optional<Boolean> keepGitDir = Optional.empty();
    private boolean byCommit;

    void field(String field) throws SourceException {
      String[] parts = field.split("=", 2);
      String value;
      try {
        value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw malformed("its query is not encoded correctly");
      }
      switch (parts[0]) {
        case "ref" -> ref(value);
        case "branch" -> ref("refs/heads/" + value);
        case "tag" -> ref("refs/tags/" + value);
        case "subdir" -> subdirectory(value);
        case "commit", "checksum" -> {
          if (!COMMIT.matcher(value).matches()
              || commit.filter(c -> !c.equals(value)).isPresent()) {
            throw malformed("its commit is not one with 7 to 40 hexadecimal digits");
          }
          commit = Optional.of(value);
        }
        case "submodules" -> submodules = Optional.of(flag("submodules", value));
        case "keep-git-dir" -> keepGitDir = Optional.of(flag("keep-git-dir", value));
        case "fetch-by-commit" -> byCommit = flag("fetch-by-commit", value);
        case "mtime" -> {
          if (!value.equals("commit")) {
            throw malformed("mtime can only be commit here, which is the default");
          }
        }
        default ->
            throw malformed(
                "its query has a part that is none of ref, branch, tag, commit, checksum, subdir,"
                    + " submodules, keep-git-dir, fetch-by-commit, mtime");
      }
    }

    void fragment(String fragment) throws SourceException {
      int colon = fragment.indexOf(':');
      String name = colon < 0 ? fragment : fragment.substring(0, colon);
      if (!name.isEmpty()) {
        ref(name);
      }
      if (colon >= 0 && colon + 1 < fragment.length()) {
        subdirectory(fragment.substring(colon + 1));
      }
    }

    private void ref(String name) throws SourceException {
      if (ref.isPresent()) {
        throw malformed("it names two refs");
      }
      if (name.isEmpty() || name.startsWith("-") || name.contains(":")) {
        throw malformed("its ref is none");
      }
      ref = Optional.of(name);
    }

    private void subdirectory(String path) throws SourceException {
      List<String> parts =
          List.of(path.split("/", -1)).stream()
              .filter(part -> !part.isEmpty() && !part.equals("."))
              .toList();
      if (subdirectory.isPresent() || parts.contains("..")) {
        throw malformed("it names two directories, or one outside");
      }
      subdirectory = Optional.of(String.join("/", parts)).filter(text -> !text.isEmpty());
    }

    private static boolean flag(String name, String value) throws SourceException {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "", "1", "t", "true" -> true;
        case "0", "f", "false" -> false;
        default -> throw malformed(name + " is neither true nor false");
      };
    }

    GitAddress of(GitAddress plain) throws SourceException {
      if (byCommit && commit.filter(GitAddress::isFullCommit).isEmpty()) {
        throw malformed("fetch-by-commit needs a commit of 40 digits");
      }
      return new GitAddress(
          plain.remote,
          plain.userInfo,
          ref.or(() -> commit),
          commit,
          subdirectory,
          submodules,
          keepGitDir,
          byCommit);
    }
  }
}
