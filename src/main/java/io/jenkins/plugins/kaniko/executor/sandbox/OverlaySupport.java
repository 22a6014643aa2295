package io.jenkins.plugins.kaniko.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out whether overlays work in a directory, by mounting one. */
public final class OverlaySupport {
  private static final String MOUNT_LOWER =
      "cd \"$1\" && mount -t overlay"
          + " -o lowerdir=lower,upperdir=upper,workdir=work,userxattr,nodev overlay merged";

  private OverlaySupport() {}

  /**
   * Mounts an overlay with {@code userxattr} on a scratch directory, in a mount namespace of its
   * own, and checks that a written file, a whiteout (character device 0:0) and an opaque directory
   * ({@code user.overlay.opaque=y}) come out in the upper directory as the kernel's documentation
   * of overlayfs has them. To be called inside.
   *
   * @param directory where the store is
   * @return empty when all of it works, or the reason why not
   */
  public static Optional<String> probe(Path directory)
      throws SandboxException, InterruptedException {
    Path scratch = null;
    try {
      scratch = Files.createTempDirectory(directory, "overlay");
      for (String name : List.of("lower", "upper", "work", "merged")) {
        Files.createDirectory(scratch.resolve(name));
      }
      HostTools.Outcome outcome =
          HostTools.run(
              List.of(
                  "unshare",
                  "--mount",
                  "sh",
                  "-c",
                  Scripts.OVERLAY_PROBE,
                  "probe",
                  scratch.toString()));
      return outcome.exitCode() == 0
          ? flaw(scratch.resolve("upper"))
          : Optional.of(outcome.output());
    } catch (IOException e) {
      throw new SandboxException(
          "tried to find out whether overlays work in "
              + directory
              + ", but "
              + e
              + "; try another store",
          e);
    } finally {
      delete(scratch);
    }
  }

  /**
   * Whether an overlay can show a directory of any file system: some cannot be a lower layer. To be
   * called inside.
   *
   * @param directory that is to be shown
   * @param scratch empty, where {@link #probe} finds nothing amiss; left empty
   */
  public static boolean canShow(Path directory, Path scratch)
      throws SandboxException, IOException, InterruptedException {
    Path place = Files.createDirectory(scratch.resolve("probe"));
    for (String name : List.of("upper", "work", "merged")) {
      Files.createDirectory(place.resolve(name));
    }
    Files.createSymbolicLink(place.resolve("lower"), directory.toAbsolutePath());
    List<String> command =
        List.of("unshare", "--mount", "sh", "-c", MOUNT_LOWER, "probe", place.toString());
    int exitCode = HostTools.run(command).exitCode();
    delete(place);
    return exitCode == 0;
  }

  private static Optional<String> flaw(Path upper) throws IOException {
    if (!Files.isRegularFile(upper.resolve("written"))) {
      return Optional.of("a written file does not appear in the upper directory");
    }
    Path deleted = upper.resolve("deleted");
    if (!Files.exists(deleted, LinkOption.NOFOLLOW_LINKS)
        || !Files.getAttribute(deleted, "unix:rdev", LinkOption.NOFOLLOW_LINKS).equals(0L)
        || Files.isRegularFile(deleted)) {
      return Optional.of("a deleted file leaves no whiteout in the upper directory");
    }
    var attributes =
        Files.getFileAttributeView(upper.resolve("replaced"), UserDefinedFileAttributeView.class);
    if (attributes == null || !attributes.list().contains("overlay.opaque")) {
      return Optional.of("a replaced directory is not marked opaque in the upper directory");
    }
    var value = java.nio.ByteBuffer.allocate(attributes.size("overlay.opaque"));
    attributes.read("overlay.opaque", value);
    String mark = new String(value.array(), StandardCharsets.US_ASCII);
    return mark.equals("y")
        ? Optional.empty()
        : Optional.of("a replaced directory is marked opaque with " + mark);
  }

  private static void delete(Path directory) throws SandboxException {
    if (directory == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new SandboxException(
          "tried to delete " + directory + ", but " + e + "; try to delete it by hand", e);
    }
  }
}
