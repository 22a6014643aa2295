package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A blob of Azure's storage. Who we are, in this order: a signature in the address, the key of the
 * account in {@code AZURE_STORAGE_ACCESS_KEY} (<a
 * href="https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key">Shared
 * Key</a>), the identity that Azure's registries are shown.
 */
final class AzureBlob {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "https://[a-z0-9-]+\\.blob\\.(core\\.windows\\.net|core\\.chinacloudapi\\.cn|core\\.cloudapi\\.de|core\\.usgovcloudapi\\.net)(:443)?/.+",
          Pattern.CASE_INSENSITIVE);
  private static final String VERSION = "2021-12-02";
  private static final String AUDIENCE = "https://storage.azure.com";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Map<String, String> environment;
  private final AzureIdentity identity;
  private final Clock clock;

  AzureBlob(Map<String, String> environment, CloudClient client, Clock clock) {
    this.environment = environment;
    this.identity = new AzureIdentity(environment, client, AUDIENCE);
    this.clock = clock;
  }

  /** By the whole end of the host: a token must not go to one that only looks like Azure's. */
  static boolean isAddress(String address) {
    return ADDRESS.matcher(address).matches();
  }

  StorageRequest request(URI uri) throws IOException {
    String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
    if (query.matches("(.*&)?sig=.*")) {
      return StorageRequest.signed(uri, Map.of());
    }
    TreeMap<String, String> headers = new TreeMap<>();
    headers.put("x-ms-date", TIME.format(clock.instant()));
    headers.put("x-ms-version", VERSION);
    String key = environment.getOrDefault("AZURE_STORAGE_ACCESS_KEY", "").strip();
    if (!key.isEmpty()) {
      headers.put("Authorization", signed(uri, headers, key));
      return StorageRequest.signed(uri, headers);
    }
    return StorageRequest.of(
        uri,
        identity::token,
        token -> {
          headers.put("Authorization", "Bearer " + token);
          return headers;
        });
  }

  private static String signed(URI uri, Map<String, String> headers, String key)
      throws IOException {
    // The emulator has a numeric host, and the account in the path.
    String account =
        uri.getHost().matches("[0-9.]+")
            ? uri.getRawPath().split("/", 3)[1]
            : uri.getHost().split("\\.", 2)[0];
    StringBuilder text = new StringBuilder("GET").append("\n".repeat(12));
    headers.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
    text.append('/').append(account).append(uri.getRawPath());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(key), "HmacSHA256"));
      byte[] signature = mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8));
      return "SharedKey " + account + ":" + Base64.getEncoder().encodeToString(signature);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // No cause: it may quote the key.
      throw new IOException("AZURE_STORAGE_ACCESS_KEY is no key of an account");
    }
  }
}
