// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
  private static final String JOB = "0123456789abcdef0123456789abcdef";
  private static final String SHA = "ab".repeat(32);
  @TempDir Path given;
  private Path folder;
  private Path target;
  private Path part;
  private Staging staging;

  @BeforeEach
  void stage() throws IOException {
    folder = given.toRealPath();
    target = folder.resolve("shard_1.bin");
    part = folder.resolve(".syncmate-staging/0123456789abcdef-7.part");
    staging = staging("s1");
  }

  @Test
  void sink_fullTransfer_writesAtOffset() throws IOException {
    receive(staging, full(10, 5, 5), "world");
    receive(staging, full(10, 0, 5), "hello");
    assertThat(part).hasContent("helloworld");
  }

  @Test
  void sink_appendTransfer_stagesOnlyTheTail() throws IOException {
    receive(staging, append(105, 5), "world");
    assertThat(Files.size(part)).isEqualTo(10);
    assertThat(Files.readString(part)).endsWith("world");
  }

  @Test
  void sink_cacheDir_stagesThere() throws IOException {
    Path cache = folder.resolve("cache");
    Staging cached = new Staging(targets(), cache, "s1");
    receive(cached, full(5, 0, 5), "hello");
    assertThat(cache.resolve(".syncmate-staging/0123456789abcdef-7.part")).hasContent("hello");
    assertThat(part).doesNotExist();
  }

  @Test
  void isVerified_recorded_survivesRestartAndIsSeenByOthers() throws IOException {
    Piece piece = full(10, 0, 5);
    receive(staging, piece, "hello");
    assertThat(isVerified(staging, piece, SHA)).isFalse();
    recordVerified(staging, piece, SHA);
    assertThat(isVerified(staging("s2"), piece, SHA)).isTrue();
    assertThat(isVerified(staging("s2"), piece, "cd".repeat(32))).isFalse();
    assertThat(isVerified(staging("s2"), full(10, 0, 6), SHA)).isFalse();
  }

  @Test
  void isVerified_writersOfOneDomain_areMerged() throws IOException {
    Staging other = staging("s2");
    receive(staging, full(10, 0, 5), "hello");
    receive(other, full(10, 5, 5), "world");
    recordVerified(staging, full(10, 0, 5), SHA);
    recordVerified(other, full(10, 5, 5), SHA);
    assertThat(isVerified(staging("s3"), full(10, 0, 5), SHA)).isTrue();
    assertThat(isVerified(staging("s3"), full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void isVerified_tornOrDamagedLine_isIgnored() throws IOException {
    receive(staging, full(10, 0, 5), "hello");
    recordVerified(staging, full(10, 0, 5), SHA);
    Path journal = part.resolveSibling("0123456789abcdef-7.s1.journal");
    String text = Files.readString(journal);
    Files.writeString(journal, text.substring(0, text.length() - 4));
    assertThat(isVerified(staging, full(10, 0, 5), SHA)).isFalse();
    Files.writeString(journal, text.replace("\"length_bytes\":5", "\"length_bytes\":9"));
    assertThat(isVerified(staging, full(10, 0, 9), SHA)).isFalse();
    Files.writeString(journal, text + "\n{\"event\":\"verif");
    receive(staging, full(10, 5, 5), "world");
    recordVerified(staging, full(10, 5, 5), SHA);
    assertThat(isVerified(staging, full(10, 0, 5), SHA)).isTrue();
    assertThat(isVerified(staging, full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void isVerified_stagingFileGoneOrShortOrReplaced_isFalse() throws IOException {
    Piece piece = full(10, 0, 5);
    receive(staging, piece, "hello");
    recordVerified(staging, piece, SHA);
    Files.write(part, new byte[3], StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(isVerified(staging, piece, SHA)).isFalse();
    Files.delete(part);
    assertThat(isVerified(staging, piece, SHA)).isFalse();
    receive(staging("s2"), full(10, 5, 5), "world");
    assertThat(isVerified(staging, piece, SHA)).isFalse();
  }

  @Test
  void recordVerified_noFinishedPass_isRefused() throws IOException {
    Piece piece = full(10, 0, 5);
    receive(staging, piece, "hello");
    try (SliceSink.Writer writer = sink(staging, piece).open()) {
      writer.write(bytes("he"));
    }
    assertThatThrownBy(() -> recordVerified(staging, piece, SHA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no finished pass");
  }

  @Test
  void recordVerified_stagingFileReplacedSince_isRefused() throws IOException {
    Piece piece = full(10, 0, 5);
    receive(staging, piece, "hello");
    Files.move(part, part.resolveSibling("away"));
    sink(staging("s2"), piece);
    assertThatThrownBy(() -> recordVerified(staging, piece, SHA))
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STAGING_MOVED));
  }

  @Test
  void write_moreOrFewerBytesThanSlice_asksForResend() throws IOException {
    SliceSink sink = sink(staging, full(10, 0, 5));
    try (SliceSink.Writer writer = sink.open()) {
      writer.write(bytes("hel"));
      assertThatThrownBy(() -> writer.write(bytes("lo!")))
          .isInstanceOfSatisfying(TransferException.class, StagingTest::isResend);
      assertThatThrownBy(writer::finish)
          .isInstanceOfSatisfying(TransferException.class, StagingTest::isResend);
    }
  }

  @Test
  void open_whilePlacing_isBusy() throws IOException {
    SliceSink sink = sink(staging, full(10, 0, 5));
    Path lock = part.resolveSibling("0123456789abcdef-7.lock");
    try (StagingLock.Hold hold = StagingLock.exclusive(lock, Duration.ZERO)) {
      assertThat(hold).isNotNull();
      assertThatThrownBy(sink::open).hasMessageContaining("being placed");
    }
    try (SliceSink.Writer writer = sink.open()) {
      assertThat(StagingLock.exclusive(lock, Duration.ZERO)).isNull();
      sink.open().close();
      assertThat(StagingLock.exclusive(lock, Duration.ZERO)).isNull();
      writer.write(bytes("hello"));
    }
    StagingLock.exclusive(lock, Duration.ZERO).close();
  }

  @Test
  void open_stagingFilePlacedMeanwhile_isRefused() throws IOException {
    SliceSink sink = sink(staging, full(5, 0, 5));
    Files.move(part, target);
    assertThatThrownBy(sink::open).hasMessageContaining("deleted or placed");
    assertThat(target).isEmptyFile();
  }

  @Test
  void finish_stagingFileDeletedMeanwhile_isRefused() throws IOException {
    try (SliceSink.Writer writer = sink(staging, full(5, 0, 5)).open()) {
      writer.write(bytes("hello"));
      Files.delete(part);
      assertThatThrownBy(writer::finish).hasMessageContaining("deleted or placed");
    }
  }

  @Test
  void slices_writtenTwice_areNamed() throws IOException {
    receive(staging, full(10, 0, 5), "hello");
    receive(staging, full(10, 5, 5), "world");
    receive(staging("s2"), full(10, 5, 5), "WORLD");
    DigestedSlice first = new DigestedSlice(new SliceRange(0, 5), SHA);
    DigestedSlice second = new DigestedSlice(new SliceRange(5, 5), SHA);
    StagedSlices slices = staging.slices(full(10, 0, 5).transfer());
    assertThat(slices.writtenAgain(List.of(first, second))).containsExactly(second);
    DigestedSlice whole = new DigestedSlice(new SliceRange(0, 10), SHA);
    assertThat(slices.writtenAgain(List.of(whole))).containsExactly(whole);
  }

  @Test
  void revoke_badSlice_keepsTheOthers() throws IOException {
    receive(staging, full(10, 0, 5), "hello");
    receive(staging("s2"), full(10, 5, 5), "world");
    recordVerified(staging, full(10, 0, 5), SHA);
    Staging other = staging("s2");
    receive(other, full(10, 5, 5), "world");
    recordVerified(other, full(10, 5, 5), SHA);
    staging.revoke(full(10, 0, 5).transfer(), Set.of(new SliceRange(0, 5)));
    assertThat(isVerified(staging, full(10, 0, 5), SHA)).isFalse();
    assertThat(isVerified(staging, full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void sink_tooLittleSpace_saysSo() {
    assertThatThrownBy(() -> sink(staging, full(1L << 52, 0, 5)))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
              assertThat(e.disposition()).isEqualTo(Disposition.RETRY);
            });
    assertThat(part).doesNotExist();
  }

  @Test
  void sink_sliceOutsideTransfer_isRefused() {
    assertThatThrownBy(() -> sink(staging, full(10, 6, 5)))
        .hasMessageContaining("[6, 11)")
        .hasMessageContaining("[0, 10)");
    assertThatThrownBy(() -> sink(staging, append(99, 5))).hasMessageContaining("[100, 110)");
  }

  @Test
  void stagingId_hostile_isRefused() {
    assertThatThrownBy(() -> new StagingId(JOB, "../7"))
        .hasMessageContaining("../7")
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TRANSFER_INVALID));
    assertThatThrownBy(() -> new StagingId("../" + JOB, "7")).hasMessageContaining("../0123");
  }

  @Test
  void sink_stagingFolderIsSymlink_isRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve(".syncmate-staging"), elsewhere);
    assertThatThrownBy(() -> sink(staging, full(10, 0, 5)))
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TARGET_REFUSED));
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void sink_stagingFileIsSymlink_isReplacedNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createDirectory(part.getParent());
    Files.createSymbolicLink(part, victim);
    receive(staging, full(5, 0, 5), "hello");
    assertThat(victim).hasContent("precious");
    assertThat(Files.isSymbolicLink(part)).isFalse();
  }

  @Test
  void sink_leftoverLongerThanTransfer_startsAnew() throws IOException {
    receive(staging, full(10, 5, 5), "world");
    recordVerified(staging, full(10, 5, 5), SHA);
    receive(staging, full(5, 0, 5), "hello");
    assertThat(part).hasContent("hello");
    assertThat(isVerified(staging, full(10, 5, 5), SHA)).isFalse();
  }

  @Test
  void freeBytes_ofTheStagingFolder_isPositive() {
    assertThat(staging.freeBytes()).isPositive();
    assertThat(new Staging(targets(), folder.resolve("not/yet"), "s").freeBytes()).isPositive();
  }

  private static void isResend(TransferException e) {
    assertThat(e.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(e.reason()).isEqualTo(Reason.OBJECT_BAD);
  }

  private Staging staging(String writerId) {
    return new Staging(targets(), null, writerId, Duration.ZERO);
  }

  private TargetPaths targets() {
    return new TargetPaths(new TargetConfig(null, List.of(folder), Path::of));
  }

  /** A slice of a transfer. */
  private record Piece(StagedTransfer transfer, SliceRange slice) {}

  private static SliceSink sink(Staging staging, Piece piece) {
    return staging.sink(piece.transfer(), piece.slice());
  }

  private static boolean isVerified(Staging staging, Piece piece, String sha256) {
    return staging.isVerified(piece.transfer(), new DigestedSlice(piece.slice(), sha256));
  }

  private static void recordVerified(Staging staging, Piece piece, String sha256) {
    staging.recordVerified(piece.transfer(), new DigestedSlice(piece.slice(), sha256));
  }

  private static void receive(Staging staging, Piece piece, String content) throws IOException {
    try (SliceSink.Writer writer = sink(staging, piece).open()) {
      writer.write(bytes(content));
      writer.finish();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private Piece full(long size, long offset, long length) {
    return piece(Mode.FULL, 0, size, new SliceRange(offset, length));
  }

  private Piece append(long offset, long length) {
    return piece(Mode.APPEND, 100, 110, new SliceRange(offset, length));
  }

  private Piece piece(Mode mode, long transferOffset, long size, SliceRange slice) {
    PlannedTarget planned = new PlannedTarget(target.toString(), "gz", "v");
    return new Piece(
        new StagedTransfer(new StagingId(JOB, "7"), mode, transferOffset, size, planned), slice);
  }
}
