package io.jenkins.plugins.kaniko.executor.registry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs a request as AWS wants it (<a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html">Signature Version
 * 4</a>). The query has to be in canonical order.
 */
final class AwsSignature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final AwsKeys.Keys keys;
  private final String region;
  private final String service;

  AwsSignature(AwsKeys.Keys keys, String region, String service) {
    this.keys = keys;
    this.region = region;
    this.service = service;
  }

  /** The headers to send: those given, the time, the session, and the signature over them. */
  Map<String, String> headers(
      String method, URI uri, Map<String, String> given, String body, Instant now) {
    String time = TIME.format(now);
    TreeMap<String, String> signed = new TreeMap<>();
    given.forEach((name, value) -> signed.put(name.toLowerCase(java.util.Locale.ROOT), value));
    signed.put("host", uri.getAuthority());
    signed.put("x-amz-date", time);
    keys.session().ifPresent(token -> signed.put("x-amz-security-token", token));
    String names = String.join(";", signed.keySet());
    String canonical =
        String.join(
            "\n",
            method,
            uri.getRawPath().isEmpty() ? "/" : uri.getRawPath(),
            uri.getRawQuery() == null ? "" : uri.getRawQuery(),
            signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                .collect(Collectors.joining()),
            names,
            hex(sha256(body)));
    String scope = "%s/%s/%s/aws4_request".formatted(time.substring(0, 8), region, service);
    String toSign = String.join("\n", "AWS4-HMAC-SHA256", time, scope, hex(sha256(canonical)));
    byte[] key = ("AWS4" + keys.secret()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    Map<String, String> headers = new TreeMap<>(signed);
    headers.remove("host"); // the HTTP client sends it
    headers.put(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(keys.id(), scope, names, hex(hmac(key, toSign))));
    return headers;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
