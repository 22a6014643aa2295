package io.jenkins.plugins.kaniko.executor.build;

import io.jenkins.plugins.kaniko.executor.build.CopySource.Item;
import io.jenkins.plugins.kaniko.executor.build.CopySource.UnusableException;
import io.jenkins.plugins.kaniko.executor.layer.Content;
import io.jenkins.plugins.kaniko.executor.layer.LayerEntry;
import io.jenkins.plugins.kaniko.executor.layer.Names;
import io.jenkins.plugins.kaniko.executor.registry.Download;
import io.jenkins.plugins.kaniko.executor.registry.RegistryException;
import io.jenkins.plugins.kaniko.executor.registry.TransferProblem;
import io.jenkins.plugins.kaniko.executor.source.GitAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file that ADD fetches by HTTP: it has the mode 0600, the last component of the URL's path as
 * its name and Last-Modified as its time (1970 without that), as in BuildKit. It goes to the disk,
 * whatever its size.
 */
final class RemoteFile {
  private static final String UNNAMED = "__unnamed__";

  private RemoteFile() {}

  /** Whether a source of ADD is the address of a file, and not of a git repository. */
  static boolean isAddress(String source) {
    return source.matches("https?://.*") && !GitAddress.isGit(source);
  }

  /** Fetches a file. */
  static Item fetch(BuildSession session, String address)
      throws UnusableException, IOException, InterruptedException {
    Path spool = session.temporary("download");
    HttpResponse<Path> response = download(session.request(), address, spool);
    URI uri = URI.create(address);
    String path = uri.getPath();
    String name = Names.base(path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    name = name.isEmpty() || name.equals(".") || name.equals("..") ? UNNAMED : name;
    long time = modified(response);
    LayerEntry entry = LayerEntry.file(name, 0600, 0, 0, Files.size(spool), time);
    return new Item(name, entry, Content.of(spool), Optional.empty());
  }

  /**
   * Fetches a file to a place on the disk.
   *
   * @return its headers
   */
  static HttpResponse<Path> download(BuildRequest request, String address, Path file)
      throws UnusableException, InterruptedException {
    HttpResponse<Path> response;
    try {
      response =
          Download.get(
              URI.create(address),
              file,
              RegistrySetup.of(request, warning -> {}),
              HttpLogin.of(request.runOptions().secrets(), System.getenv()));
    } catch (RegistryException e) {
      throw new UnusableException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      // No cause: it quotes the address, which may carry a secret.
      throw unusable(address, "that is no URL", null);
    } catch (IOException e) {
      String reason = TransferProblem.of(e);
      throw unusable(address, "the transfer failed (" + reason + ")", e);
    }
    if (response.statusCode() == 401 || response.statusCode() == 403) {
      throw unusable(
          address,
          "the server answers "
              + response.statusCode()
              + "; give a login for its host with --secret id=HTTP_AUTH_TOKEN_HOST, by https, and",
          null);
    }
    if (response.statusCode() != 200) {
      throw unusable(address, "the server answers " + response.statusCode(), null);
    }
    return response;
  }

  /** An address for messages. */
  static String shown(String address) {
    // What an address carries before the @ or behind the ? may be a secret.
    return address.replaceFirst("//[^/@]*@", "//").replaceFirst("[?#].*", "");
  }

  /**
   * Compares a file with the value of {@code --checksum}.
   *
   * @param expected algorithm and hexadecimal digits
   */
  static void verify(Item file, String expected) throws UnusableException, IOException {
    MessageDigest digest;
    try {
      if (!expected.matches("sha(256|384|512):[0-9a-f]+")) {
        throw new NoSuchAlgorithmException(expected);
      }
      digest = MessageDigest.getInstance("SHA-" + expected.substring(3, 6));
    } catch (NoSuchAlgorithmException e) {
      throw new UnusableException(
          "tried to verify --checksum="
              + expected
              + ", but that is no digest; write it like sha256:<64 hexadecimal digits>",
          e);
    }
    try (InputStream in = new DigestInputStream(file.content().open(), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    String actual = expected.substring(0, 7) + HexFormat.of().formatHex(digest.digest());
    if (!actual.equals(expected)) {
      throw new UnusableException(
          "tried to verify "
              + file.name()
              + ", but its checksum is "
              + actual
              + "; correct --checksum if this is the file that you want");
    }
  }

  private static long modified(HttpResponse<?> response) {
    try {
      return response
          .headers()
          .firstValue("Last-Modified")
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME))
          .map(ZonedDateTime::toEpochSecond)
          .orElse(0L);
    } catch (DateTimeException e) {
      // As good as none.
      return 0;
    }
  }

  private static UnusableException unusable(String address, String reason, Throwable cause) {
    return new UnusableException(
        "tried to download " + shown(address) + ", but " + reason + "; check the address", cause);
  }
}
