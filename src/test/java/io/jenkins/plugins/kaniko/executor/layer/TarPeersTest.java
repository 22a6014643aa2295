package io.jenkins.plugins.kaniko.executor.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.kaniko.executor.oci.Digest;
import io.jenkins.plugins.kaniko.executor.oci.FileNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we write is read by others, what others write is read by us, and what lies is refused. */
class TarPeersTest {
  private static final String TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

  @TempDir Path directory;

  private static byte[] tar(List<LayerEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      for (LayerEntry entry : entries) {
        if (entry.isFile()) {
          tar.add(entry, new ByteArrayInputStream(new byte[(int) entry.size()]));
        } else {
          tar.add(entry);
        }
      }
    }
    return bytes.toByteArray();
  }

  private static List<LayerEntry> read(byte[] bytes) throws IOException {
    TarReader tar = new TarReader(new ByteArrayInputStream(bytes));
    List<LayerEntry> entries = new ArrayList<>();
    for (LayerEntry entry = tar.next(); entry != null; entry = tar.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static LayerEntry file(String path, long id, long size, long mtime) {
    Map<String, byte[]> xattrs =
        Map.of("user.x", new byte[] {0, '\n', '=', -1}, "user.e", new byte[0]);
    return new LayerEntry(
        path,
        EntryType.FILE,
        04755,
        id,
        id,
        size,
        mtime,
        "",
        0,
        0,
        size % 2 == 0 ? Map.of() : xattrs);
  }

  private static List<LayerEntry> awkward() {
    List<LayerEntry> entries = new ArrayList<>();
    for (int length : new int[] {1, 99, 100, 101, 155, 156, 254, 255}) {
      entries.add(file("n".repeat(length), 0, length, 0));
      entries.add(file("d".repeat(length) + "/" + "n".repeat(100), 1, 511 + length % 3, -1));
      entries.add(LayerEntry.symlink("l" + length, "t".repeat(length), 7, 8, 9));
    }
    entries.add(file("deep/".repeat(790) + "f", 1L << 21, 512, 1L << 33));
    entries.add(file("ä/\udcff\udcfe", 0xfffffffeL, 513, -123456789));
    entries.add(file("grüße 🐳", 2097151, 3, 077777777777L));
    entries.add(LayerEntry.directory("dir", 01777, 5, 6, 7));
    entries.add(
        new LayerEntry("c", EntryType.CHAR_DEVICE, 0600, 0, 0, 0, 0, "", 4095, 1048575, Map.of()));
    entries.add(new LayerEntry("p", EntryType.FIFO, 0600, 0, 0, 0, 0, "", 0, 0, Map.of()));
    entries.add(file("h", 0, 0, 0).asHardLinkTo("n".repeat(255)));
    return entries;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    List<LayerEntry> entries = awkward();
    List<LayerEntry> back = read(tar(entries));
    assertThat(back).hasSameSizeAs(entries);
    for (int i = 0; i < entries.size(); i++) {
      assertThat(back.get(i).path()).isEqualTo(entries.get(i).path());
      assertThat(back.get(i).sameHeader(entries.get(i))).as("%s", back.get(i)).isTrue();
    }
  }

  @Test
  void gnuTarReadsEveryName() throws Exception {
    Path file = Files.write(directory.resolve("x.tar"), tar(awkward()));
    Process process =
        new ProcessBuilder("tar", "-tf", file.toString(), "--quoting-style=literal").start();
    byte[] listed = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    StringBuilder expected = new StringBuilder();
    awkward().forEach(e -> expected.append(e.path()).append(e.isDirectory() ? "/\n" : "\n"));
    assertThat(FileNames.decode(listed)).isEqualTo(expected.toString());
  }

  @Test
  void pythonAndCommonsCompressReadEveryHeader() throws Exception {
    List<LayerEntry> entries = new ArrayList<>(awkward());
    entries.removeIf(entry -> !FileNames.isText(entry.path()));
    byte[] bytes = tar(entries);
    Path file = Files.write(directory.resolve("x.tar"), bytes);
    String script =
        "import tarfile,sys\nfor m in tarfile.open(sys.argv[1]): print(m.name,m.uid,m.size,int(m.mtime))";
    Process process = new ProcessBuilder("python3", "-c", script, file.toString()).start();
    String listed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    StringBuilder expected = new StringBuilder();
    for (LayerEntry e : entries) {
      expected.append(e.path()).append(' ').append(e.uid()).append(' ').append(e.size());
      expected.append(' ').append(e.mtime()).append('\n');
    }
    assertThat(listed).isEqualTo(expected.toString());
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes), "UTF-8")) {
      for (LayerEntry e : entries) {
        TarArchiveEntry entry = in.getNextEntry();
        assertThat(entry.getName()).isEqualTo(e.path() + (e.isDirectory() ? "/" : ""));
        assertThat(entry.getLongUserId()).isEqualTo(e.uid());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void longNamesAndBase256NumbersOfOthersAreRead(int mode) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String name = "a/".repeat(200) + "f";
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      out.setLongFileMode(mode);
      out.setBigNumberMode(
          mode == TarArchiveOutputStream.LONGFILE_GNU
              ? TarArchiveOutputStream.BIGNUMBER_STAR
              : TarArchiveOutputStream.BIGNUMBER_POSIX);
      TarArchiveEntry entry = new TarArchiveEntry("./" + name);
      entry.setUserId(1L << 31);
      entry.setModTime(-5000L);
      out.putArchiveEntry(entry);
      out.closeArchiveEntry();
    }
    LayerEntry entry = read(bytes.toByteArray()).get(0);
    assertThat(entry.path()).isEqualTo(name);
    assertThat(entry.uid()).isEqualTo(1L << 31);
    assertThat(entry.mtime()).isEqualTo(-5);
  }

  @Test
  void aFileBeyondEightGigabytesHasItsSizeInAPaxRecord() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(header);
    assertThatThrownBy(
            () -> tar.add(file("big", 0, 10L << 30, 0), new ByteArrayInputStream(new byte[0])))
        .hasMessageContaining("changed");
    assertThat(read1(header.toByteArray()).size()).isEqualTo(10L << 30);
  }

  private static LayerEntry read1(byte[] bytes) throws IOException {
    return new TarReader(new ByteArrayInputStream(bytes)).next();
  }

  /** Replaces bytes of a header and mends its checksum. */
  private static byte[] forged(byte[] tar, int offset, byte[] bytes) {
    byte[] copy = tar.clone();
    System.arraycopy(bytes, 0, copy, offset, bytes.length);
    java.util.Arrays.fill(copy, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += copy[i] & 0xff;
    }
    byte[] digits = String.format("%06o", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, copy, 148, 6);
    copy[154] = 0;
    return copy;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void lyingHeadersAreRefusedWithTheirReason() throws IOException {
    byte[] plain = tar(List.of(LayerEntry.file("f", 0644, 0, 0, 0, 0)));
    byte[] negative = new byte[12];
    java.util.Arrays.fill(negative, (byte) 0xff);
    byte[] tooLarge = negative.clone();
    tooLarge[0] = (byte) 0xbf;
    byte[] unmended = plain.clone();
    unmended[0] = 'g';
    java.util.IdentityHashMap<byte[], String> cases = new java.util.IdentityHashMap<>();
    cases.put(forged(plain, 124, negative), "negative size");
    cases.put(forged(plain, 124, tooLarge), "too large a number");
    cases.put(forged(plain, 108, java.util.Arrays.copyOf(negative, 8)), "no user or group");
    cases.put(forged(plain, 108, ascii("9999999")), "malformed number");
    cases.put(forged(plain, 156, ascii("S")), "sparse");
    cases.put(forged(plain, 156, ascii("Z")), "unknown");
    cases.put(
        forged(forged(plain, 124, ascii("77777777777")), 156, ascii("x")), "extended headers");
    cases.put(unmended, "checksum");
    cases.put(forged(plain, 124, ascii("00000010000")), "ends in the middle");
    cases.put(java.util.Arrays.copyOf(plain, 300), "ends in the middle");
    for (String record :
        List.of("21 mtime=1e999999999\n", "99 path=x\n", "x path=y\n", "7 uid=\n")) {
      byte[] body = java.util.Arrays.copyOf(ascii(record), 512);
      byte[] header = forged(plain, 156, ascii("x"));
      header = forged(header, 124, ascii(String.format("%011o", record.length())));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(header, 0, 512);
      out.writeBytes(body);
      out.writeBytes(plain);
      if (record.startsWith("7")) {
        assertThat(read(out.toByteArray()).get(0).uid()).isZero();
      } else {
        cases.put(out.toByteArray(), "pax record");
      }
    }
    cases.forEach(
        (bytes, reason) ->
            assertThatThrownBy(() -> read(bytes)).as(reason).hasMessageContaining(reason));
  }

  @Tag("S16")
  @Test
  void namesBeyondTheLimitsAreRefused() throws Exception {
    for (String name : List.of("x".repeat(260), "a/".repeat(2100) + "b")) {
      assertThatThrownBy(() -> read(tar(List.of(LayerEntry.directory(name, 0, 0, 0, 0)))))
          .hasMessageContaining("limits");
    }
  }

  @Test
  void pathsAreTakenBelowTheRoot() {
    assertThat(TarReader.clean("../../a/./b//../c/")).isEqualTo("a/c");
    assertThat(TarReader.clean("/etc/passwd")).isEqualTo("etc/passwd");
    assertThat(TarReader.clean("./")).isEmpty();
  }

  @Test
  void anyBytesSurviveAsAName() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertThat(FileNames.encode(FileNames.decode(bytes))).isEqualTo(bytes);
    }
  }

  @Test
  void gzipIsTheSameForAnySizeOfWritesAndOthersReadIt() throws IOException {
    Random random = new Random(7);
    int block = ParallelGzipOutputStream.BLOCK_SIZE;
    for (int size : new int[] {0, 1, block - 1, block, block + 1, 9 * block + 17}) {
      byte[] data = new byte[size];
      random.nextBytes(data);
      java.util.Arrays.fill(data, size / 2, size, (byte) 'x');
      byte[] whole = gzip(data, size + 1);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(whole)).readAllBytes())
          .isEqualTo(data);
      assertThat(gzip(data, 1 + random.nextInt(10_000))).isEqualTo(whole);
    }
  }

  private static byte[] gzip(byte[] data, int piece) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ParallelGzipOutputStream gzip = new ParallelGzipOutputStream(bytes, 6)) {
      for (int at = 0; at < data.length; at += piece) {
        gzip.write(data, at, Math.min(piece, data.length - at));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void bothDigestsAreThoseOfTheBytesAndAWrongOneIsRefused() throws Exception {
    Path file = directory.resolve("layer");
    LayerEntry entry = LayerEntry.file("f", 0644, 0, 0, 3, 0);
    LayerItem item = new LayerItem(entry, Content.of(ascii("abc")));
    LayerBlob blob = LayerWriter.write(file, TYPE, List.of(item));
    String script = "sha256sum < $0; gzip -t < $0; zcat < $0 | sha256sum";
    Process process = new ProcessBuilder("sh", "-ec", script, file.toString()).start();
    String sums = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(sums.split("\\s+", -1))
        .contains(blob.diffId().hex(), blob.descriptor().digest().hex());
    assertThat(LayerReader.read(file, blob.diffId(), (e, c) -> {}).entry("f")).isPresent();
    Digest wrong = blob.descriptor().digest();
    assertThatThrownBy(() -> LayerReader.read(file, wrong, (e, c) -> {}))
        .hasMessageContaining("damaged or lies");
  }

  @Test
  void aFileWhoseNameReadsAsAWhiteoutIsRefused() {
    LayerItem item = LayerItem.of(LayerEntry.file("d/.wh.x", 0644, 0, 0, 0, 0));
    assertThatThrownBy(() -> LayerWriter.write(directory.resolve("l"), TYPE, List.of(item)))
        .hasMessageContaining("/d/.wh.x");
  }

  @Test
  void whiteoutsHideWhatLowerLayersHave() throws IOException {
    LayerIndex lower = index("d/", "d/old", "d/s/deep", "gone", "kept", "f", "o/", "o/a");
    LayerIndex upper =
        index(".wh.d", "d/", "d/new", ".wh.gone", "f/", "f/x", "o/.wh..wh..opq", "o/b");
    MergedTree tree = MergedTree.of(List.of(tree(lower), tree(upper)));
    assertThat(tree.list("").keySet()).containsExactly("d", "f", "kept", "o");
    assertThat(tree.list("d").keySet()).containsExactly("new");
    assertThat(tree.list("o").keySet()).containsExactly("b");
    assertThat(tree.lstat("d/s/deep")).isEmpty();
    assertThat(tree.lstat("f").orElseThrow().entry().isDirectory()).isTrue();
  }

  private IndexTree tree(LayerIndex index) {
    return new IndexTree(index, () -> directory, directory);
  }

  private static LayerIndex index(String... paths) throws IOException {
    LayerIndex index = new LayerIndex();
    for (String path : paths) {
      index.addRaw(
          path.endsWith("/")
              ? LayerEntry.directory(path.substring(0, path.length() - 1), 0755, 0, 0, 0)
              : LayerEntry.file(path, 0644, 0, 0, 0, 0));
    }
    return index;
  }
}
