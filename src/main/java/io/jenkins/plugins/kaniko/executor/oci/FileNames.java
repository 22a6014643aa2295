package io.jenkins.plugins.kaniko.executor.oci;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * File names as strings without loss. A name is bytes; here it is UTF-8, and each byte that is not
 * part of valid UTF-8 becomes the lone surrogate {@code U+DC00 + byte} (Python's
 * "surrogateescape"). So distinct names stay distinct, whatever the locale of the JVM: {@code
 * Path.toString()} folds all of them to U+FFFD, while the URI of a path keeps its bytes.
 */
public final class FileNames {
  private static final int ESCAPE = 0xDC00;

  private FileNames() {}

  /** The bytes of a name made here. */
  public static byte[] encode(String name) {
    if (isAscii(name) || isText(name)) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 8);
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      if (isEscape(c)) {
        out.write(c - ESCAPE);
      } else {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(c);
    }
    return out.toByteArray();
  }

  /** The name that these bytes spell. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    for (; ; ) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isMalformed()) {
        break;
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xFF)));
      }
    }
    return out.flip().toString();
  }

  /** True when the name is valid UTF-8. */
  public static boolean isText(String name) {
    return name.codePoints().noneMatch(FileNames::isEscape);
  }

  /** The last component of a path on disk; empty for the root. */
  public static String of(Path path) {
    Path last = path.getFileName();
    String shown = last == null ? "" : last.toString();
    if (isAscii(shown)) {
      return shown;
    }
    String raw = stripSlash(path.toUri().getRawPath());
    return fromPercent(raw.substring(raw.lastIndexOf('/') + 1));
  }

  /** A link target, relative or absolute, as it was stored. */
  public static String target(Path target) {
    String shown = target.toString();
    if (isAscii(shown)) {
      return shown;
    }
    // toUri makes absolute, and adds a slash where the path happens to be a directory.
    String raw = target.toUri().getRawPath();
    if (!shown.endsWith("/")) {
      raw = stripSlash(raw);
    }
    if (!target.isAbsolute()) {
      String working = Path.of("").toAbsolutePath().toUri().getRawPath();
      raw = raw.substring(stripSlash(working).length() + 1);
    }
    return fromPercent(raw);
  }

  /** The path on disk of a name made here (one component or several) below a directory. */
  public static Path resolve(Path directory, String name) {
    if (isAscii(name)) {
      return directory.resolve(name);
    }
    StringBuilder uri = new StringBuilder("file://");
    uri.append(stripSlash(directory.toUri().getRawPath())).append('/');
    for (byte b : encode(name)) {
      if (b == '/') {
        uri.append('/');
        continue;
      }
      uri.append('%').append(Character.forDigit((b >> 4) & 0xF, 16));
      uri.append(Character.forDigit(b & 0xF, 16));
    }
    return Path.of(URI.create(uri.toString()));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEscape(int codePoint) {
    return codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xFF;
  }

  private static String stripSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static String fromPercent(String raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        out.write(Integer.parseInt(raw, i + 1, i + 3, 16));
        i += 2;
      } else {
        out.write(raw.charAt(i));
      }
    }
    return decode(out.toByteArray());
  }
}
