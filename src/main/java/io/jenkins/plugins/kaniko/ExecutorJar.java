package io.jenkins.plugins.kaniko;

import hudson.PluginWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import jenkins.model.Jenkins;

/**
 * The executor as the plugin carries it: a file outside its class path, for agents to run.
 *
 * @param url where the controller reads it
 * @param sha256 in hexadecimal digits
 * @param version of the plugin
 */
record ExecutorJar(URL url, String sha256, String version) {
  /** Where it lies in the plugin's archive. */
  static final String PATH = "WEB-INF/executor/kaniko-build-executor.jar";

  /** Names another file on the controller, for a plugin that runs from its sources. */
  private static final String PROPERTY = "io.jenkins.plugins.kaniko.executorJar";

  private static volatile ExecutorJar installed;

  /** The installed plugin's. */
  static ExecutorJar get() throws IOException {
    ExecutorJar result = installed;
    if (result == null) {
      result = find();
      installed = result;
    }
    return result;
  }

  private static ExecutorJar find() throws IOException {
    String file = System.getProperty(PROPERTY, "");
    if (!file.isEmpty()) {
      return at(Path.of(file).toUri().toURL(), file);
    }
    PluginWrapper plugin = Jenkins.get().getPluginManager().whichPlugin(ExecutorJar.class);
    if (plugin == null) {
      throw new IOException(
          "tried to find the executor, but these classes belong to no plugin; install kaniko-build.hpi");
    }
    return in(plugin.baseResourceURL, plugin.getVersion());
  }

  static ExecutorJar in(URL plugin, String version) throws IOException {
    return at(new URL(plugin, PATH), version);
  }

  static ExecutorJar at(URL url, String version) throws IOException {
    return new ExecutorJar(url, sha256(url), version);
  }

  InputStream open() throws IOException {
    return url.openStream();
  }

  private static String sha256(URL url) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JDK has it.
    }
    try (InputStream in = new DigestInputStream(url.openStream(), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
