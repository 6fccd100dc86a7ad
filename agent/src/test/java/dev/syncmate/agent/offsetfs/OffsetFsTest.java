// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The rules of docs/offsetfs-semantics.md. */
class OffsetFsTest {
  private static final String TEN = "0123456789";

  @TempDir Path temp;

  @Test
  void attributes_boundedSlice_haveItsLength() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(TEN), 3, 4));
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(4);
    assertThat(fs.names()).containsExactly("a");
  }

  @Test
  void attributes_toTheEnd_growWithTheSource() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source, 7, VirtualFile.TO_THE_END));
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(3);
    Files.writeString(source, "ab", StandardOpenOption.APPEND);
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(5);
  }

  @Test
  void attributes_readOnly_showNoWriteBit() throws IOException {
    Path source = source(TEN);
    assertThat(mounted(Access.READ_ONLY, slice("a", source, 0, 1)).attributes("a").permissions())
        .isEqualTo(0444);
    assertThat(mounted(Access.READ_WRITE, slice("a", source, 0, 1)).attributes("a").permissions())
        .isEqualTo(0644);
  }

  @Test
  void read_eachPosition_givesTheSliceAndNothingBeside() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(TEN), 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      assertThat(read(file, 0, 100)).isEqualTo("3456");
      assertThat(read(file, 1, 2)).isEqualTo("45");
      assertThat(read(file, 3, 100)).isEqualTo("6");
      assertThat(read(file, 4, 100)).isEmpty();
      assertThat(read(file, Long.MAX_VALUE, 100)).isEmpty();
    }
  }

  @Test
  void read_emptySlice_givesNothing() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(""), 0, 0));
    assertThat(fs.attributes("a").sizeBytes()).isZero();
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      assertThat(read(file, 0, 10)).isEmpty();
    }
  }

  @Test
  void read_negativePosition_isInvalid() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(TEN), 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      assertErrno(Errno.EINVAL, () -> file.read(ByteBuffer.allocate(1), -1));
    }
  }

  @Test
  void unknownName_everyCall_isNotFound() {
    OffsetFs fs = new OffsetFs(Access.READ_WRITE);
    assertErrno(Errno.ENOENT, () -> fs.attributes("x"));
    assertErrno(Errno.ENOENT, () -> fs.open("x", OpenMode.READ));
    assertErrno(Errno.ENOENT, () -> fs.create("x", OpenMode.WRITE));
    assertErrno(Errno.ENOENT, () -> fs.truncate("x", 0));
  }

  @Test
  void missingSource_readOnly_isAnIoErrorAndListed() {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", temp.resolve("none"), 0, 4));
    assertThat(fs.names()).containsExactly("a");
    assertErrno(Errno.EIO, () -> fs.attributes("a"));
    assertErrno(Errno.EIO, () -> fs.open("a", OpenMode.READ));
  }

  @Test
  void missingSource_readWrite_doesNotExistYetAndIsMadeByCreate() throws IOException {
    Path source = temp.resolve("new/folder/source");
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 2, 4));
    assertErrno(Errno.ENOENT, () -> fs.attributes("a"));
    assertErrno(Errno.ENOENT, () -> fs.open("a", OpenMode.READ));
    try (OpenFile file = fs.create("a", OpenMode.WRITE)) {
      assertThat(write(file, 0, "wxyz")).isEqualTo(4);
    }
    assertThat(source).hasContent("\0\0wxyz");
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(4);
  }

  @Test
  void create_toTheEnd_beginsWhereTheSliceBegins() throws IOException {
    Path source = temp.resolve("source");
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 3, VirtualFile.TO_THE_END));
    fs.create("a", OpenMode.WRITE).close();
    assertThat(fs.attributes("a").sizeBytes()).isZero();
    assertThat(Files.size(source)).isEqualTo(3);
  }

  @Test
  void create_sourceThere_changesNothing() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 0, 4));
    fs.create("a", OpenMode.WRITE).close();
    assertThat(source).hasContent(TEN);
  }

  @Test
  void vanishedSource_readWrite_isAnIoErrorAndNotMadeAnew() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 0, 4));
    fs.attributes("a");
    Files.delete(source);
    assertErrno(Errno.EIO, () -> fs.attributes("a"));
  }

  @Test
  void unreadableSource_open_isPermissionDenied() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", unreadable(), 0, 4));
    assertErrno(Errno.EACCES, () -> fs.open("a", OpenMode.READ));
  }

  /** Root may read every file of a disk, but not what the kernel itself lets nobody read. */
  private Path unreadable() throws IOException {
    Path source = source(TEN);
    Files.setPosixFilePermissions(source, Set.of());
    List<Path> candidates = List.of(source, Path.of("/sys/bus/pci/rescan"));
    return candidates.stream()
        .filter(OffsetFsTest::isDenied)
        .findFirst()
        .orElseGet(() -> abort("this user may read every file here; run the test as another user"));
  }

  private static boolean isDenied(Path file) {
    try (FileChannel opened = FileChannel.open(file, StandardOpenOption.READ)) {
      return !opened.isOpen();
    } catch (AccessDeniedException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void shrunkSource_bounded_isAnIoErrorForStatOpenAndRead() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source, 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      shrink(source, 5);
      assertErrno(Errno.EIO, () -> fs.attributes("a"));
      assertErrno(Errno.EIO, () -> fs.open("a", OpenMode.READ));
      assertErrno(Errno.EIO, () -> read(file, 0, 4));
      assertErrno(Errno.EIO, file::attributes);
      assertThat(read(file, 0, 2)).as("bytes that are there").isEqualTo("34");
    }
  }

  @Test
  void shrunkSource_toTheEnd_isAnIoErrorNotAnEarlyEnd() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source, 3, VirtualFile.TO_THE_END));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      shrink(source, 6);
      assertErrno(Errno.EIO, () -> fs.attributes("a"));
      assertErrno(Errno.EIO, () -> fs.open("a", OpenMode.READ));
      assertErrno(Errno.EIO, () -> read(file, 0, 100));
    }
  }

  @Test
  void shortSource_toTheEndBehindIt_isAnIoError() throws IOException {
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source(TEN), 11, VirtualFile.TO_THE_END));
    assertErrno(Errno.EIO, () -> fs.attributes("a"));
  }

  @Test
  void shortSource_writableSlice_hasItsPlannedSizeAndGapsCannotBeRead() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 8, 4));
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(4);
    assertErrno(Errno.EIO, () -> fs.open("a", OpenMode.READ));
    try (OpenFile file = fs.open("a", OpenMode.READ_WRITE)) {
      assertErrno(Errno.EIO, () -> read(file, 0, 4));
      assertThat(write(file, 2, "AB")).isEqualTo(2);
      assertThat(read(file, 0, 4)).isEqualTo("89AB");
    }
  }

  @Test
  void folderOrPipeAsSource_isAnIoError() throws IOException {
    OffsetFs fs =
        mounted(Access.READ_ONLY, slice("a", Files.createDirectory(temp.resolve("d")), 0, 1));
    assertErrno(Errno.EIO, () -> fs.attributes("a"));
    assertErrno(Errno.EIO, () -> fs.open("a", OpenMode.READ));
  }

  @Test
  void brokenSource_logged_onceUntilItIsWellAgain() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source, 3, 4));
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Entry.class);
    logger.addAppender(log);
    logger.setAdditive(false);
    try {
      shrink(source, 5);
      assertErrno(Errno.EIO, () -> fs.attributes("a"));
      assertErrno(Errno.EIO, () -> fs.attributes("a"));
      assertThat(log.list).hasSize(1);
      assertThat(log.list.get(0).getFormattedMessage())
          .contains(
              "offsetfs.source.shrunk", "name=a", "source has 5 bytes (expected: at least 7)");
      Files.writeString(source, TEN);
      fs.attributes("a");
      Files.delete(source);
      assertErrno(Errno.EIO, () -> fs.attributes("a"));
      assertThat(log.list).hasSize(2);
    } finally {
      logger.detachAppender(log);
      logger.setAdditive(true);
    }
  }

  @Test
  void write_bounded_staysWithinTheSlice() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ_WRITE)) {
      assertThat(write(file, 2, "ABCDEF")).as("what fits").isEqualTo(2);
      assertErrno(Errno.ENOSPC, () -> write(file, 4, "A"));
      assertErrno(Errno.ENOSPC, () -> write(file, Long.MAX_VALUE, "A"));
      assertThat(write(file, 9, "")).isZero();
      file.force(true);
    }
    assertThat(source).hasContent("01234AB789");
  }

  @Test
  void write_toTheEnd_growsTheSource() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 8, VirtualFile.TO_THE_END));
    try (OpenFile file = fs.open("a", OpenMode.READ_WRITE)) {
      assertThat(write(file, 1, "ABC")).isEqualTo(3);
      assertThat(read(file, 0, 100)).isEqualTo("8ABC");
      assertThat(file.attributes().sizeBytes()).isEqualTo(4);
    }
    assertThat(source).hasContent("012345678ABC");
  }

  @Test
  void write_append_goesBehindWhatAnotherProgramAppended() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 8, VirtualFile.TO_THE_END));
    try (OpenFile file = fs.open("a", new OpenMode(false, true, true))) {
      Files.writeString(source, "foreign", StandardOpenOption.APPEND);
      assertThat(write(file, 2, "ours")).isEqualTo(4);
    }
    assertThat(source).hasContent(TEN + "foreignours");
  }

  @Test
  void write_readOnly_isRefusedAtOpen() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(TEN), 3, 4));
    assertErrno(Errno.EROFS, () -> fs.open("a", OpenMode.WRITE));
    assertErrno(Errno.EROFS, () -> fs.create("a", OpenMode.WRITE));
    assertErrno(Errno.EROFS, () -> fs.truncate("a", 0));
    assertErrno(Errno.EROFS, () -> fs.setTimes("a", Instant.EPOCH, Instant.EPOCH));
    assertThat(fs.changeRefused()).isEqualTo(Errno.EROFS);
    assertThat(new OffsetFs(Access.READ_WRITE).changeRefused()).isEqualTo(Errno.EPERM);
  }

  @Test
  void handle_usedForWhatItWasNotOpenedFor_isBad() throws IOException {
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source(TEN), 3, 4));
    try (OpenFile reader = fs.open("a", OpenMode.READ);
        OpenFile writer = fs.open("a", OpenMode.WRITE)) {
      assertErrno(Errno.EBADF, () -> write(reader, 0, "A"));
      assertErrno(Errno.EBADF, () -> read(writer, 0, 1));
    }
  }

  @Test
  void truncate_otherSize_isRefusedAndChangesNothing() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_WRITE, slice("a", source, 3, 4));
    assertErrno(Errno.EPERM, () -> fs.truncate("a", 0));
    assertErrno(Errno.EPERM, () -> fs.truncate("a", 5));
    fs.truncate("a", 4);
    try (OpenFile file = fs.open("a", OpenMode.READ_WRITE)) {
      assertErrno(Errno.EPERM, () -> file.truncate(0));
      file.truncate(4);
    }
    assertThat(source).hasContent(TEN);
  }

  @Test
  void remove_whileOpen_leavesTheHandleReadable() throws IOException {
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source(TEN), 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      fs.remove("a");
      assertErrno(Errno.ENOENT, () -> fs.attributes("a"));
      assertThat(read(file, 0, 4)).isEqualTo("3456");
      assertThat(file.attributes().sizeBytes()).isEqualTo(4);
    }
  }

  @Test
  void replacedSource_openHandle_readsTheOldFile() throws IOException {
    Path source = source(TEN);
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", source, 3, 4));
    try (OpenFile file = fs.open("a", OpenMode.READ)) {
      Path other = Files.writeString(temp.resolve("other"), "abcdefghij");
      Files.move(other, source, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThat(read(file, 0, 4)).isEqualTo("3456");
      try (OpenFile fresh = fs.open("a", OpenMode.READ)) {
        assertThat(read(fresh, 0, 4)).isEqualTo("defg");
      }
    }
  }

  @Test
  void symlinkAsSource_isFollowed() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), source(TEN));
    OffsetFs fs = mounted(Access.READ_ONLY, slice("a", link, 3, 4));
    assertThat(fs.attributes("a").sizeBytes()).isEqualTo(4);
  }

  @Test
  void add_nameTaken_isRefused() throws IOException {
    VirtualFile file = slice("a", source(TEN), 0, 1);
    OffsetFs fs = mounted(Access.READ_ONLY, file);
    assertThatThrownBy(() -> fs.add(file)).hasMessageContaining("\"a\" is taken");
  }

  @Test
  void setTimes_readWrite_setsThoseOfTheSource() throws IOException {
    Path source = source(TEN);
    Instant then = Instant.parse("2020-01-02T03:04:05Z");
    mounted(Access.READ_WRITE, slice("a", source, 0, 1)).setTimes("a", then, then);
    assertThat(Files.getLastModifiedTime(source).toInstant()).isEqualTo(then);
  }

  @Test
  void usage_readOnly_hasNoRoom() throws IOException {
    Path source = source(TEN);
    VirtualFile one = slice("a", source, 0, 4);
    VirtualFile two = slice("b", source, 4, 6);
    assertThat(mounted(Access.READ_ONLY, one, two).usage()).isEqualTo(new Usage(10, 0, 2));
    assertThat(mounted(Access.READ_WRITE, one, two).usage().freeBytes()).isPositive();
  }

  @Test
  void virtualFile_unfit_isRefused() {
    Path source = temp.resolve("s");
    for (String name : new String[] {"", ".", "..", "a/b", "a\0b", "n".repeat(256)}) {
      assertThatThrownBy(() -> slice(name, source, 0, 1)).hasMessageContaining("name:");
    }
    assertThatThrownBy(() -> slice("a", Path.of("s"), 0, 1)).hasMessageContaining("absolute");
    assertThatThrownBy(() -> slice("a", source, -1, 1)).hasMessageContaining("offset -1");
    assertThatThrownBy(() -> slice("a", source, 0, -2)).hasMessageContaining("length -2");
    assertThatThrownBy(() -> slice("a", source, Long.MAX_VALUE, 1)).hasMessageContaining("2^63");
  }

  private Path source(String content) throws IOException {
    return Files.writeString(temp.resolve("source"), content);
  }

  private static VirtualFile slice(String name, Path source, long offset, long length) {
    return new VirtualFile(name, source, offset, length);
  }

  private static OffsetFs mounted(Access access, VirtualFile... files) {
    OffsetFs fs = new OffsetFs(access);
    for (VirtualFile file : files) {
      fs.add(file);
    }
    return fs;
  }

  private static String read(OpenFile file, long position, int room) throws ErrnoException {
    ByteBuffer into = ByteBuffer.allocateDirect(room);
    int got = file.read(into, position);
    byte[] bytes = new byte[got];
    into.position(0).get(bytes);
    return new String(bytes, UTF_8);
  }

  private static int write(OpenFile file, long position, String text) throws ErrnoException {
    return file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), position);
  }

  private static void shrink(Path source, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(expected));
  }
}
