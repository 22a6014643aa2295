package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpClient;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;

/**
 * What the first request needs and takes long to be ready, made ready beside other work. The start
 * of a build is the work of one thread, while other processors have nothing to do.
 */
final class EarlyClasses {
  private EarlyClasses() {}

  static void load() {
    Thread thread = new Thread(EarlyClasses::touch, "early classes");
    thread.setDaemon(true);
    thread.start();
  }

  private static void touch() {
    new JsonMapper();
    try {
      SSLContext.getInstance("TLS").createSSLEngine();
    } catch (NoSuchAlgorithmException | IllegalStateException e) {
      // Whoever needs it will say so.
    }
    HttpClient.newBuilder();
  }
}
