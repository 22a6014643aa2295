package io.jenkins.plugins.kaniko.executor.context;

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
    ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 8);
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
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

  /** The last component of a path. */
  static String last(Path path) {
    String shown = path.getFileName().toString();
    if (isAscii(shown)) {
      return shown;
    }
    String raw = stripSlash(path.toUri().getRawPath());
    return fromPercent(raw.substring(raw.lastIndexOf('/') + 1));
  }

  /** A link target, relative or absolute, as it was stored. */
  static String target(Path target) {
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

  /** The child of a directory that a name made here names. */
  static Path resolve(Path directory, String name) {
    if (isAscii(name)) {
      return directory.resolve(name);
    }
    StringBuilder uri = new StringBuilder("file://");
    uri.append(stripSlash(directory.toUri().getRawPath())).append('/');
    for (byte b : encode(name)) {
      uri.append('%').append(Character.forDigit((b >> 4) & 0xF, 16));
      uri.append(Character.forDigit(b & 0xF, 16));
    }
    return Path.of(URI.create(uri.toString()));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
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
