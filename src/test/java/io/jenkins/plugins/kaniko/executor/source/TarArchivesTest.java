package io.jenkins.plugins.kaniko.executor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarArchivesTest {
  @TempDir Path temporary;
  private Path target;
  private Path outside;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private TarArchiveOutputStream tar;

  @BeforeEach
  void begin() throws IOException {
    target = Files.createDirectory(temporary.resolve("target"));
    outside = Files.createDirectory(temporary.resolve("outside"));
    tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes));
  }

  @Test
  void filesDirectoriesAndLinksAreMade() throws Exception {
    entry("./", '5', "", 0700, "");
    entry("./late/file", '0', "", 04640, "content");
    entry("./closed", '5', "", 0500, "");
    entry("./closed/x", '0', "", 0644, "x");
    entry("again", '0', "", 0644, "old");
    entry("again", '0', "", 0600, "new");
    entry("hard", '1', "again", 0644, "");
    entry("soft", '2', "../outside", 0777, "");
    entry("a/.wh.kept", '0', "", 0644, "no whiteout");
    unpack();

    assertThat(target.resolve("late/file")).hasContent("content");
    assertThat(mode("late/file")).isEqualTo(04640);
    assertThat(mode("late")).isEqualTo(0755);
    assertThat(mode("closed")).isEqualTo(0500);
    assertThat(target.resolve("hard")).hasContent("new");
    assertThat(mode("hard")).isEqualTo(0600);
    assertThat(Files.readSymbolicLink(target.resolve("soft"))).hasToString("../outside");
    assertThat(target.resolve("a/.wh.kept")).hasContent("no whiteout");
    assertThat(Files.getLastModifiedTime(target.resolve("closed")).toMillis()).isEqualTo(5000);
  }

  @Test
  void namesStayBelowTheTarget() throws Exception {
    entry("../../outside/a", '0', "", 0644, "x");
    entry("/etc/b", '0', "", 0644, "x");
    unpack();
    assertThat(outside).isEmptyDirectory();
    assertThat(target.resolve("outside/a")).exists();
    assertThat(target.resolve("etc/b")).exists();
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    entry("link", '2', outside.toString(), 0777, "");
    entry("link/evil", '0', "", 0644, "x");
    assertThatThrownBy(this::unpack).isInstanceOf(SourceException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aLinkIsReplacedAndNotFollowed() throws Exception {
    Files.writeString(outside.resolve("mine"), "mine");
    entry("link", '2', outside.resolve("mine").toString(), 0777, "");
    entry("link", '0', "", 0644, "theirs");
    unpack();
    assertThat(outside.resolve("mine")).hasContent("mine");
    assertThat(Files.isRegularFile(target.resolve("link"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }

  @Test
  void aHardLinkNamesAFileOfTheArchive() throws Exception {
    Files.writeString(outside.resolve("mine"), "mine");
    entry("dir", '2', outside.toString(), 0777, "");
    entry("stolen", '1', "dir/mine", 0644, "");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("hard link");
    assertThat(target.resolve("stolen")).doesNotExist();
  }

  @Test
  void aHardLinkToASymlinkIsRefused() throws Exception {
    entry("soft", '2', outside.toString(), 0777, "");
    entry("stolen", '1', "soft", 0644, "");
    assertThatThrownBy(this::unpack).isInstanceOf(SourceException.class);
  }

  @Test
  void aDeviceIsRefused() throws Exception {
    entry("null", '3', "", 0666, "");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(SourceException.class)
        .hasMessage(
            "tried to unpack the test, but null in it is a pipe or a device; give a tar, plain or"
                + " compressed");
  }

  @Test
  void whatIsNoArchiveIsSaid() {
    assertThatThrownBy(
            () -> unpack("<html>not found</html>".repeat(100).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("it is no tar archive");
    assertThatThrownBy(() -> unpack(new byte[0])).isInstanceOf(SourceException.class);
  }

  @Test
  void aTruncatedArchiveIsDamaged() throws Exception {
    entry("file", '0', "", 0644, "x".repeat(100_000));
    tar.finish();
    tar.close();
    byte[] whole = bytes.toByteArray();
    assertThatThrownBy(() -> unpack(java.util.Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOfAny(SourceException.class, IOException.class);
  }

  private void entry(String name, char type, String link, int mode, String content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, (byte) type, true);
    entry.setLinkName(link);
    entry.setMode(mode);
    entry.setModTime(5000);
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(body.length);
    tar.putArchiveEntry(entry);
    tar.write(body);
    tar.closeArchiveEntry();
  }

  private void unpack() throws Exception {
    tar.close();
    unpack(bytes.toByteArray());
  }

  private void unpack(byte[] archive) throws Exception {
    TarArchives.unpack("the test", new ByteArrayInputStream(archive), target);
  }

  private int mode(String name) throws IOException {
    return (Integer) Files.getAttribute(target.resolve(name), "unix:mode") & 07777;
  }
}
