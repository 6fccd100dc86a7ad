// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.SourceStamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSliceSourceTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(dir.resolve("blob_0.bin"), "0123456789");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
  }

  @Test
  void read_middleOfFile_yieldsJustTheSlice() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 3, 4).open()) {
      assertThat(rest(reader)).isEqualTo("3456");
      reader.finish();
    }
  }

  @Test
  void read_bufferLargerThanSlice_keepsItsLimit() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 8, 1).open()) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      assertThat(reader.read(buffer)).isEqualTo(1);
      assertThat(buffer.limit()).isEqualTo(100);
      assertThat(reader.read(buffer)).isEqualTo(-1);
    }
  }

  @Test
  void read_emptySlice_yieldsNothing() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 10, 0).open()) {
      assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      reader.finish();
    }
  }

  @Test
  void open_missingFile_isForAnotherHost() {
    refused(() -> new FileSliceSource(dir.resolve("none"), 0, 1).open(), Reason.SOURCE_MISSING);
  }

  @Test
  void open_folder_failsTask() {
    refused(() -> new FileSliceSource(dir, 0, 1).open(), Reason.SOURCE_CHANGED);
  }

  @Test
  void open_fileShorterThanSliceEnd_failsTask() {
    TransferException refusal =
        refused(() -> new FileSliceSource(file, 5, 6).open(), Reason.SOURCE_CHANGED);
    assertThat(refusal).hasMessageContaining("has 10 bytes (expected: at least 11)");
  }

  @Test
  void read_fileCutBelowSlice_failsTask() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 2, 8).open()) {
      Files.writeString(file, "01");
      refused(() -> reader.read(ByteBuffer.allocate(4)), Reason.SOURCE_CHANGED);
    }
  }

  @Test
  void finish_fileGrew_isFine() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 3, 4).open()) {
      assertThat(rest(reader)).isEqualTo("3456");
      Files.writeString(file, "more", StandardOpenOption.APPEND);
      reader.finish();
    }
  }

  @Test
  void finish_fileRewrittenInPlace_failsTask() throws IOException {
    changedAfterRead(
        () -> {
          Files.writeString(file, "abcdefghij", StandardOpenOption.WRITE);
          Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
        });
  }

  @Test
  void finish_fileShrankBehindSlice_failsTask() throws IOException {
    changedAfterRead(() -> Files.writeString(file, "01234567"));
  }

  @Test
  void finish_fileReplacedByOneAlike_failsTask() throws IOException {
    changedAfterRead(
        () -> {
          Path other = Files.writeString(dir.resolve("other"), "0123456789 and more");
          Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000));
          Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        });
  }

  @Test
  void stamp_fileUntouchedForLong_isSettled() throws IOException {
    assertThat(stampOf(new FileSliceSource(file, 3, 4).by(LATER), () -> {}).settled()).isTrue();
  }

  @Test
  void stamp_fileWrittenJustBefore_isNotSettled() throws IOException {
    assertThat(stampOf(new FileSliceSource(file, 3, 4), () -> {}).settled()).isFalse();
  }

  @Test
  void stamp_fileGrewMeanwhile_isNotSettled() throws IOException {
    SourceStamp stamp =
        stampOf(
            new FileSliceSource(file, 3, 4).by(LATER),
            () -> Files.writeString(file, "more", StandardOpenOption.APPEND));
    assertThat(stamp.settled()).isFalse();
    assertThat(stamp.sizeBytes()).isEqualTo(10);
  }

  @Test
  void stamp_rewrittenAndTimePutBack_isNotSettled() throws IOException {
    SourceStamp stamp =
        stampOf(
            new FileSliceSource(file, 3, 4).by(LATER),
            () -> {
              Files.writeString(file, "abcdefghij", StandardOpenOption.WRITE);
              Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            });
    assertThat(stamp.settled()).isFalse();
  }

  @Test
  void open_fileIsNotWhatIsExpected_failsTask() throws IOException {
    SourceStamp first = stampOf(new FileSliceSource(file, 3, 4), () -> {});
    Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
    TransferException refusal =
        refused(
            () -> new FileSliceSource(file, 0, 3).expecting(first).open(), Reason.SOURCE_CHANGED);
    assertThat(refusal).hasMessageContaining("as its slices before");
  }

  @Test
  void open_fileGrewSinceWhatIsExpected_isFine() throws IOException {
    SourceStamp first = stampOf(new FileSliceSource(file, 3, 4), () -> {});
    Files.writeString(file, "more", StandardOpenOption.APPEND);
    new FileSliceSource(file, 0, 3).expecting(first).open().close();
  }

  private static final InstantSource LATER =
      InstantSource.offset(InstantSource.system(), Duration.ofMinutes(1));

  private static SourceStamp stampOf(FileSliceSource source, Change change) throws IOException {
    assertThat(source.stamp()).isNull();
    try (SliceSource.Reader reader = source.open()) {
      rest(reader);
      change.make();
      reader.finish();
    }
    return source.stamp();
  }

  @Test
  void finish_fileDeleted_isForAnotherHost() throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 3, 4).open()) {
      rest(reader);
      Files.delete(file);
      refused(reader::finish, Reason.SOURCE_MISSING);
    }
  }

  private void changedAfterRead(Change change) throws IOException {
    try (SliceSource.Reader reader = new FileSliceSource(file, 3, 4).open()) {
      rest(reader);
      change.make();
      refused(reader::finish, Reason.SOURCE_CHANGED);
    }
  }

  private static TransferException refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
    TransferException refusal = catchThrowableOfType(TransferException.class, call);
    assertThat(refusal.reason()).isEqualTo(reason);
    return refusal;
  }

  private static String rest(SliceSource.Reader reader) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(64);
    while (reader.read(buffer) >= 0) {}
    return new String(
        buffer.array(), 0, buffer.position(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private interface Change {
    void make() throws IOException;
  }
}
