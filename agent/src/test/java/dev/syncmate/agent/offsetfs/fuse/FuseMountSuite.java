// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.Exerciser;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.MountOptions;
import dev.syncmate.agent.offsetfs.OffsetFs;
import dev.syncmate.agent.offsetfs.SliceMount;
import dev.syncmate.agent.offsetfs.VirtualFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real mounts, read by this JVM (plain reads only) and by programs of the host. */
abstract class FuseMountSuite {
  private static final int SOURCE_BYTES = 3_000_000;
  private static final MountOptions CACHED = new MountOptions(false, false, false);
  private static final MountOptions DIRECT = new MountOptions(false, false, true);

  private final FuseVersion version;
  private final FuseMountFactory mounts;
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  @TempDir Path temp;
  private Path folder;
  private Path source;
  private byte[] content;

  FuseMountSuite(FuseVersion version) {
    this.version = version;
    this.mounts = new FuseMountFactory(version);
  }

  @BeforeEach
  void prepare() throws IOException {
    FuseHost.assumeFuse(version);
    System.out.println("seed " + seed);
    folder = Files.createDirectory(temp.toRealPath().resolve("mount"));
    content = new byte[SOURCE_BYTES];
    random.nextBytes(content);
    source = Files.write(temp.resolve("source"), content);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void randomSlices_200_areReadByteForByte(boolean direct) throws IOException {
    OffsetFs fs = new OffsetFs(Access.READ_ONLY);
    try (Mount mount = mounts.mount(fs, folder, direct ? DIRECT : CACHED)) {
      for (int i = 0; i < 200; i++) {
        int offset = random.nextInt(SOURCE_BYTES);
        int length = 1 + random.nextInt(Math.min(300_000, SOURCE_BYTES - offset));
        String name = "slice." + i;
        fs.add(new VirtualFile(name, source, offset, length));
        assertThat(Files.size(mount.folder().resolve(name))).isEqualTo(length);
        assertThat(readAll(mount.folder().resolve(name)))
            .as("slice %d: %d bytes at %d", i, length, offset)
            .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
      }
      assertThat(folder).isDirectoryContaining(path -> path.endsWith("slice.199"));
    }
  }

  @Test
  void hostPrograms_seeSizesDigestsAndNames() throws Exception {
    OffsetFs fs = fs(Access.READ_ONLY, "k\u00e4se.slice", 1_000, 2_000_000);
    fs.add(new VirtualFile("tail", source, 2_500_000, VirtualFile.TO_THE_END));
    try (Mount mount = mounts.mount(fs, folder, CACHED)) {
      assertThat(FuseHost.run("stat", "-c", "%s %A", mount.folder() + "/k\u00e4se.slice").output())
          .isEqualTo("2000000 -r--r--r--\n");
      assertThat(FuseHost.run("ls", "-l", folder.toString()).output())
          .contains(" 2000000 ", " 500000 ", " tail\n");
      assertThat(FuseHost.run("sha256sum", folder + "/tail").output())
          .startsWith(sha256(Arrays.copyOfRange(content, 2_500_000, SOURCE_BYTES)));
      assertThat(FuseHost.run("sh", "-c", "echo x >> " + folder + "/tail").output())
          .contains("Read-only file system");
      assertThat(FuseHost.run("cat", folder + "/other").output())
          .contains("No such file or directory");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void growingSource_toTheEnd_showsWhatCame(boolean direct) throws IOException {
    OffsetFs fs = fs(Access.READ_ONLY, "tail", 2_999_990, VirtualFile.TO_THE_END);
    try (Mount mount = mounts.mount(fs, folder, direct ? DIRECT : CACHED)) {
      Path tail = mount.folder().resolve("tail");
      assertThat(readAll(tail)).hasSize(10);
      Files.write(source, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
      assertThat(Files.size(tail)).isEqualTo(13);
      assertThat(readAll(tail)).hasSize(13).endsWith(1, 2, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shrunkSource_isAnIoErrorForPrograms(boolean direct) throws Exception {
    OffsetFs fs = fs(Access.READ_ONLY, "slice", 1_000, 2_000_000);
    try (Mount mount = mounts.mount(fs, folder, direct ? DIRECT : CACHED);
        InputStream open = Files.newInputStream(mount.folder().resolve("slice"))) {
      assertThat(open.read()).isEqualTo(content[1_000] & 0xff);
      try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
        channel.truncate(500_000);
      }
      assertThat(FuseHost.run("cat", folder + "/slice").output()).contains("Input/output error");
      assertThatThrownBy(open::readAllBytes).hasMessageContaining("Input/output error");
      Files.delete(source);
      assertThat(FuseHost.run("ls", "-l", folder.toString()).output())
          .contains("Input/output error");
    }
  }

  @Test
  void removedSlice_openHandle_staysReadable() throws IOException {
    OffsetFs fs = fs(Access.READ_ONLY, "slice", 1_000, 100_000);
    // A channel: streams of newer JDKs ask what the file is before they read, and its name is gone.
    try (Mount mount = mounts.mount(fs, folder, DIRECT);
        FileChannel open = FileChannel.open(mount.folder().resolve("slice"))) {
      fs.remove("slice");
      assertThat(mount.folder().resolve("slice")).doesNotExist();
      ByteBuffer read = ByteBuffer.allocate(100_000);
      while (read.hasRemaining() && open.read(read) >= 0) {}
      assertThat(read.array()).isEqualTo(Arrays.copyOfRange(content, 1_000, 101_000));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void randomReadsAndWrites_10000_matchTheModel(boolean bounded) throws IOException {
    int length = 200_000;
    int offset = SOURCE_BYTES - length - (bounded ? 1_000 : 0);
    OffsetFs fs = fs(Access.READ_WRITE, "slice", offset, bounded ? length : VirtualFile.TO_THE_END);
    byte[] slice = Arrays.copyOfRange(content, offset, offset + length);
    Exerciser exerciser = new Exerciser(seed, slice, bounded, 2 * length);
    try (Mount mount = mounts.mount(fs, folder, CACHED)) {
      Path file = mount.folder().resolve("slice");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        exerciser.run(new ChannelTarget(channel), 10_000);
      }
      assertThat(readAll(file)).isEqualTo(exerciser.expected());
    }
    byte[] after = Files.readAllBytes(source);
    int end = offset + exerciser.expected().length;
    assertThat(Arrays.copyOf(after, offset)).isEqualTo(Arrays.copyOf(content, offset));
    assertThat(Arrays.copyOfRange(after, offset, end)).isEqualTo(exerciser.expected());
    assertThat(Arrays.copyOfRange(after, end, after.length))
        .isEqualTo(Arrays.copyOfRange(content, offset + length, SOURCE_BYTES));
  }

  @Test
  void writableMount_programs_createFillAndAreRefusedTheRest() throws Exception {
    OffsetFs fs = fs(Access.READ_WRITE, "old", 10, 100);
    Path made = temp.resolve("made/here");
    fs.add(new VirtualFile("new", made, 0, 6));
    try (Mount mount = mounts.mount(fs, folder, CACHED)) {
      assertThat(FuseHost.run("sh", "-c", "echo hello > " + mount.folder() + "/new").status())
          .isZero();
      assertThat(made).hasContent("hello\n");
      assertThat(FuseHost.run("sh", "-c", "echo hello > " + folder + "/old").output())
          .contains("Operation not permitted");
      assertThat(FuseHost.run("sh", "-c", "cat " + made + " >> " + folder + "/old").output())
          .contains("No space left on device");
      assertThat(FuseHost.run("rm", "-f", folder + "/old").output())
          .contains("Operation not permitted");
      assertThat(FuseHost.run("touch", folder + "/unknown").output())
          .contains("No such file or directory");
      assertThat(FuseHost.run("dd", "if=" + made, "of=" + folder + "/old", "conv=notrunc").status())
          .isZero();
    }
    byte[] expected = content.clone();
    System.arraycopy("hello\n".getBytes(), 0, expected, 10, 6);
    assertThat(Files.readAllBytes(source)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void slices_1000_haveTheDigestsOfTheirBytes(boolean direct) throws Exception {
    OffsetFs fs = new OffsetFs(Access.READ_ONLY);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      int offset = random.nextInt(SOURCE_BYTES);
      int length = random.nextInt(Math.min(250_000, SOURCE_BYTES - offset));
      String name = "slice.%03d".formatted(i);
      fs.add(new VirtualFile(name, source, offset, length));
      byte[] bytes = Arrays.copyOfRange(content, offset, offset + length);
      expected.append(sha256(bytes)).append("  ").append(name).append('\n');
    }
    try (Mount mount = mounts.mount(fs, folder, direct ? DIRECT : CACHED)) {
      String sums = "cd " + mount.folder() + " && sha256sum slice.*";
      assertThat(FuseHost.run("sh", "-c", sums).output()).isEqualTo(expected.toString());
    }
  }

  @Test
  void mount_workingFolder_staysWhereItWas() throws IOException {
    try (Mount mount = mounts.mount(fs(Access.READ_ONLY, "slice", 0, 1), folder, DIRECT)) {
      assertThat(mount.folder().resolve("slice")).exists();
      assertThat(Path.of("/proc/self/cwd").toRealPath())
          .isEqualTo(Path.of(System.getProperty("user.dir")).toRealPath());
    }
  }

  @Test
  void touch_listedFile_setsTheSourcesTime() throws Exception {
    FileTime old = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));
    Files.setLastModifiedTime(source, old);
    OffsetFs fs = fs(Access.READ_WRITE, "slice", 0, VirtualFile.TO_THE_END);
    try (Mount mount = mounts.mount(fs, folder, CACHED)) {
      assertThat(FuseHost.run("touch", mount.folder() + "/slice").status()).isZero();
      assertThat(Files.getLastModifiedTime(source)).isGreaterThan(old);
      assertThat(FuseHost.run("touch", "-m", "-d", "2002-02-02", folder + "/slice").status())
          .isZero();
      assertThat(Files.getLastModifiedTime(source).toString()).startsWith("2002-02-0");
    }
  }

  @Test
  void cycles_50_leaveNoMountNoProcessNoFolder() throws IOException {
    Path base = temp.toRealPath().resolve("base");
    for (int i = 0; i < 50; i++) {
      try (SliceMount mount = SliceMount.create(base, mounts)) {
        assertThat(readAll(mount.add("slice", source, i, 1_000)))
            .isEqualTo(Arrays.copyOfRange(content, i, i + 1_000));
      }
    }
    assertThat(FuseHost.isMountedUnder(base)).isFalse();
    assertThat(base).isEmptyDirectory();
    assertThat(ProcessHandle.current().children())
        .noneMatch(child -> child.info().command().orElse("").contains("fusermount"));
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("offsetfs-"));
  }

  @Test
  void close_readerStillOpen_detachesTheFolder() throws IOException {
    Mount mount = mounts.mount(fs(Access.READ_ONLY, "slice", 0, 1_000), folder, DIRECT);
    InputStream open = Files.newInputStream(mount.folder().resolve("slice"));
    mount.close();
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
    assertThat(open.readAllBytes()).isEqualTo(Arrays.copyOf(content, 1_000));
    open.close();
  }

  @Test
  void mount_folderThatIsUnfit_isRefusedWithTheReason() throws IOException {
    OffsetFs fs = fs(Access.READ_ONLY, "slice", 0, 1);
    assertRefused(fs, temp.resolve("none"), "no such folder");
    assertRefused(fs, source, "not a folder");
    assertRefused(fs, temp, "not empty");
    OffsetFs inside = new OffsetFs(Access.READ_ONLY);
    inside.add(new VirtualFile("a", folder.resolve("b"), 0, 1));
    assertRefused(inside, folder, "lies in the mount itself");
    try (Mount mount = mounts.mount(fs, folder, DIRECT)) {
      assertRefused(fs, mount.folder(), "fuse.offsetfs is mounted there already");
      assertThat(readAll(folder.resolve("slice"))).hasSize(1);
    }
  }

  private void assertRefused(OffsetFs fs, Path place, String reason) {
    assertThatThrownBy(() -> mounts.mount(fs, place, DIRECT))
        .isInstanceOfSatisfying(
            MountException.class,
            e -> assertThat(e.kind()).isEqualTo(MountException.Kind.REQUEST_UNFIT))
        .hasMessageContaining(reason);
  }

  private OffsetFs fs(Access access, String name, long offset, long length) {
    OffsetFs fs = new OffsetFs(access);
    fs.add(new VirtualFile(name, source, offset, length));
    return fs;
  }

  // Not Files.readAllBytes: that trusts the size; this reads to the end.
  private static byte[] readAll(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private record ChannelTarget(FileChannel channel) implements Exerciser.Target {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int got = 0;
      int read = channel.read(into, position);
      while (read > 0) {
        got += read;
        read = channel.read(into, position + got);
      }
      return got;
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      try {
        return channel.write(from, position);
      } catch (IOException full) {
        assertThat(full).hasMessageContaining("No space left");
        return -1;
      }
    }
  }
}
