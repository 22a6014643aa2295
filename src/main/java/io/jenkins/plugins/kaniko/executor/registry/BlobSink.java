package io.jenkins.plugins.kaniko.executor.registry;

import io.jenkins.plugins.kaniko.executor.oci.Descriptor;
import io.jenkins.plugins.kaniko.executor.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Takes the bytes of one blob, over as many connections as it needs, and compares them with the
 * descriptor. Used by one thread at a time.
 */
final class BlobSink {
  private static final int PARTIAL_CONTENT = 206;

  private String what;
  private final Descriptor blob;
  private final OutputStream out;
  private final ProgressListener progress;
  private final MessageDigest hash;
  private long received;
  private long toSkip;

  /**
   * Prepares for a blob.
   *
   * @param what the action, for error messages
   */
  BlobSink(String what, Descriptor blob, OutputStream out, ProgressListener progress) {
    this.what = what;
    this.blob = blob;
    this.out = out;
    this.progress = progress;
    try {
      hash = MessageDigest.getInstance(blob.digest().algorithm().replace("sha", "SHA-"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256 and SHA-512", e);
    }
  }

  /** Names what is done from here on, for error messages. */
  void source(String action) {
    what = action;
  }

  /** How many bytes are safe already; a further connection may start there. */
  long received() {
    return received;
  }

  /**
   * Starts with the answer of a connection; one that gives the whole again is skipped up to where
   * we are.
   */
  void begin(int status) {
    toSkip = status == PARTIAL_CONTENT ? 0 : received;
  }

  void accept(ByteBuffer bytes) throws IOException, RegistryException {
    int skipped = (int) Math.min(toSkip, bytes.remaining());
    bytes.position(bytes.position() + skipped);
    toSkip -= skipped;
    if (bytes.remaining() > blob.size() - received) {
      throw mismatch("the registry sends more than the %d bytes of it".formatted(blob.size()));
    }
    byte[] chunk = new byte[bytes.remaining()];
    bytes.get(chunk);
    out.write(chunk);
    hash.update(chunk);
    received += chunk.length;
    progress.progress(received, blob.size());
  }

  /** Whether the whole is here; less than that is a connection that broke. */
  boolean isComplete() {
    return received == blob.size();
  }

  void verify() throws RegistryException, IOException {
    Digest actual = new Digest(blob.digest().algorithm(), HexFormat.of().formatHex(hash.digest()));
    if (!actual.equals(blob.digest())) {
      throw mismatch("the content has the digest " + actual);
    }
    out.flush();
  }

  private RegistryException mismatch(String problem) {
    return new RegistryException(
        RegistryException.Kind.DIGEST_MISMATCH,
        "tried to %s, but %s; the registry or something on the way to it altered the content"
            .formatted(what, problem));
  }
}
