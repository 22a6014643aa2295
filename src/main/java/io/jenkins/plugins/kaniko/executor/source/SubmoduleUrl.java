package io.jenkins.plugins.kaniko.executor.source;

/** Addresses in {@code .gitmodules}, which may be relative to that of the repository. */
final class SubmoduleUrl {
  private SubmoduleUrl() {}

  /** The address; one that begins with ./ or ../ is taken from the parent's. */
  static String resolve(String parent, String url) throws SourceException {
    if (!url.startsWith("./") && !url.startsWith("../")) {
      return url;
    }
    int scheme = parent.indexOf("://");
    int host = scheme < 0 ? parent.indexOf(':') : parent.indexOf('/', scheme + 3);
    String base = parent.replaceFirst("/+$", "");
    String rest = url;
    while (rest.startsWith("./") || rest.startsWith("../")) {
      if (rest.startsWith("../")) {
        int end = Math.max(base.lastIndexOf('/'), scheme < 0 ? base.lastIndexOf(':') : -1);
        if (end < host) {
          throw new SourceException("the address leads above the host");
        }
        base = base.charAt(end) == ':' ? base.substring(0, end + 1) : base.substring(0, end);
      }
      rest = rest.substring(rest.indexOf('/') + 1);
    }
    return base.endsWith(":") || base.endsWith("/") ? base + rest : base + "/" + rest;
  }
}
