package io.jenkins.plugins.kaniko.executor.layer;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * File names are bytes; most are UTF-8, some are not. A name is a String in which each byte that is
 * not part of valid UTF-8 stands as the lone surrogate U+DC80 + (byte - 0x80), so that nothing is
 * lost between disk, tar and index.
 */
public final class Names {
  private static final char FIRST_ESCAPE = '\uDC80';
  private static final char LAST_ESCAPE = '\uDCFF';
  private static final char REPLACEMENT = '\uFFFD';

  private Names() {}

  /** Bytes of a name to its String. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (FIRST_ESCAPE + ((in.get() & 0xff) - 0x80)));
      }
      decoder.reset();
    }
  }

  /** The bytes of a name. */
  public static byte[] encode(String name) {
    if (isText(name)) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 8);
    int from = 0;
    for (int i = 0; i < name.length(); i++) {
      if (isEscape(name, i)) {
        out.writeBytes(name.substring(from, i).getBytes(StandardCharsets.UTF_8));
        out.write(0x80 + (name.charAt(i) - FIRST_ESCAPE));
        from = i + 1;
      }
    }
    out.writeBytes(name.substring(from).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  /** True when the name is valid UTF-8. */
  public static boolean isText(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isEscape(name, i)) {
        return false;
      }
    }
    return true;
  }

  /** The last component of a path on disk. */
  public static String of(Path path) {
    Path fileName = path.getFileName();
    String text = fileName == null ? "" : fileName.toString();
    // The JDK shows undecodable bytes as U+FFFD; only its URI form still has them.
    return text.indexOf(REPLACEMENT) < 0 ? text : decode(rawName(path));
  }

  /** The path on disk of a name (one component or several) below a directory. */
  public static Path resolve(Path directory, String name) {
    if (name.isEmpty()) {
      return directory;
    }
    if (isText(name)) {
      return directory.resolve(name);
    }
    StringBuilder uri = new StringBuilder(directory.toUri().toString());
    if (uri.charAt(uri.length() - 1) != '/') {
      uri.append('/');
    }
    for (byte b : encode(name)) {
      if (b == '/') {
        uri.append('/');
      } else {
        uri.append('%').append(String.format("%02X", b & 0xff));
      }
    }
    return Path.of(URI.create(uri.toString()));
  }

  /** The directory part of a path, the empty string for a path of the root directory. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The last component of a path. */
  public static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A path below another; the root is the empty string. */
  public static String join(String directory, String name) {
    return directory.isEmpty() ? name : name.isEmpty() ? directory : directory + "/" + name;
  }

  private static boolean isEscape(String name, int i) {
    char c = name.charAt(i);
    return c >= FIRST_ESCAPE
        && c <= LAST_ESCAPE
        && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
  }

  private static byte[] rawName(Path path) {
    String raw = path.toUri().getRawPath();
    String name = base(raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%') {
        out.write(Integer.parseInt(name.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(c);
      }
    }
    return out.toByteArray();
  }
}
