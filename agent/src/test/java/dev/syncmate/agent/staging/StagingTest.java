// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TransferMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
  private static final String JOB = "0123456789abcdef0123456789abcdef";
  private static final String SHA = "ab".repeat(32);
  @TempDir Path folder;
  private Path target;
  private Path part;
  private Staging staging;

  @BeforeEach
  void stage() {
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
    receive(staging, lease(TransferMode.APPEND, 100, 110, 105, 5), "world");
    assertThat(Files.size(part)).isEqualTo(10);
    assertThat(Files.readString(part)).endsWith("world");
  }

  @Test
  void sink_cacheDir_stagesThere() throws IOException {
    Path cache = folder.resolve("cache");
    Staging cached = new Staging(destination(), cache, "s1");
    receive(cached, full(5, 0, 5), "hello");
    assertThat(cache.resolve(".syncmate-staging/0123456789abcdef-7.part")).hasContent("hello");
    assertThat(part).doesNotExist();
  }

  @Test
  void isVerified_recorded_survivesRestartAndIsSeenByOthers() throws IOException {
    Lease lease = full(10, 0, 5);
    receive(staging, lease, "hello");
    assertThat(staging.isVerified(lease, SHA)).isFalse();
    staging.recordVerified(lease, SHA);
    assertThat(staging("s2").isVerified(lease, SHA)).isTrue();
    assertThat(staging("s2").isVerified(lease, "cd".repeat(32))).isFalse();
    assertThat(staging("s2").isVerified(full(10, 0, 6), SHA)).isFalse();
  }

  @Test
  void isVerified_writersOfOneDomain_areMerged() throws IOException {
    Staging other = staging("s2");
    receive(staging, full(10, 0, 5), "hello");
    receive(other, full(10, 5, 5), "world");
    staging.recordVerified(full(10, 0, 5), SHA);
    other.recordVerified(full(10, 5, 5), SHA);
    assertThat(staging("s3").isVerified(full(10, 0, 5), SHA)).isTrue();
    assertThat(staging("s3").isVerified(full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void isVerified_tornOrDamagedLine_isIgnored() throws IOException {
    receive(staging, full(10, 0, 5), "hello");
    staging.recordVerified(full(10, 0, 5), SHA);
    Path journal = part.resolveSibling("0123456789abcdef-7.s1.journal");
    String text = Files.readString(journal);
    Files.writeString(journal, text.substring(0, text.length() - 4));
    assertThat(staging.isVerified(full(10, 0, 5), SHA)).isFalse();
    Files.writeString(journal, text.replace("\"length_bytes\":5", "\"length_bytes\":9"));
    assertThat(staging.isVerified(full(10, 0, 9), SHA)).isFalse();
    Files.writeString(journal, text + "\n{\"event\":\"verif");
    receive(staging, full(10, 5, 5), "world");
    staging.recordVerified(full(10, 5, 5), SHA);
    assertThat(staging.isVerified(full(10, 0, 5), SHA)).isTrue();
    assertThat(staging.isVerified(full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void isVerified_stagingFileGoneOrShortOrReplaced_isFalse() throws IOException {
    Lease lease = full(10, 0, 5);
    receive(staging, lease, "hello");
    staging.recordVerified(lease, SHA);
    Files.write(part, new byte[3], StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(staging.isVerified(lease, SHA)).isFalse();
    Files.delete(part);
    assertThat(staging.isVerified(lease, SHA)).isFalse();
    receive(staging("s2"), full(10, 5, 5), "world");
    assertThat(staging.isVerified(lease, SHA)).isFalse();
  }

  @Test
  void recordVerified_noFinishedPass_isRefused() throws IOException {
    Lease lease = full(10, 0, 5);
    receive(staging, lease, "hello");
    try (SliceSink.Writer writer = staging.sink(lease).open()) {
      writer.write(bytes("he"));
    }
    assertThatThrownBy(() -> staging.recordVerified(lease, SHA))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no finished pass");
  }

  @Test
  void recordVerified_otherShaThanLeased_isRefused() throws IOException {
    Lease lease = full(10, 0, 5);
    receive(staging, lease, "hello");
    assertThatThrownBy(() -> staging.recordVerified(lease, "cd".repeat(32)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recordVerified_stagingFileReplacedSince_isRefused() throws IOException {
    Lease lease = full(10, 0, 5);
    receive(staging, lease, "hello");
    Files.move(part, part.resolveSibling("away"));
    staging("s2").sink(lease);
    assertThatThrownBy(() -> staging.recordVerified(lease, SHA))
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STAGING_MOVED));
  }

  @Test
  void write_moreOrFewerBytesThanSlice_asksForResend() throws IOException {
    SliceSink sink = staging.sink(full(10, 0, 5));
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
    SliceSink sink = staging.sink(full(10, 0, 5));
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
    SliceSink sink = staging.sink(full(5, 0, 5));
    Files.move(part, target);
    assertThatThrownBy(sink::open).hasMessageContaining("deleted or placed");
    assertThat(target).isEmptyFile();
  }

  @Test
  void finish_stagingFileDeletedMeanwhile_isRefused() throws IOException {
    try (SliceSink.Writer writer = staging.sink(full(5, 0, 5)).open()) {
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
    SliceDigest first = new SliceDigest(0, 5, SHA);
    SliceDigest second = new SliceDigest(5, 5, SHA);
    StagedSlices slices = staging.slices(StagedTransfer.of(full(10, 0, 5)));
    assertThat(slices.writtenAgain(List.of(first, second))).containsExactly(second);
    SliceDigest whole = new SliceDigest(0, 10, SHA);
    assertThat(slices.writtenAgain(List.of(whole))).containsExactly(whole);
  }

  @Test
  void revoke_badSlice_keepsTheOthers() throws IOException {
    receive(staging, full(10, 0, 5), "hello");
    receive(staging("s2"), full(10, 5, 5), "world");
    staging.recordVerified(full(10, 0, 5), SHA);
    Staging other = staging("s2");
    receive(other, full(10, 5, 5), "world");
    other.recordVerified(full(10, 5, 5), SHA);
    staging.revoke(StagedTransfer.of(full(10, 0, 5)), List.of(new SliceDigest(0, 5, SHA)));
    assertThat(staging.isVerified(full(10, 0, 5), SHA)).isFalse();
    assertThat(staging.isVerified(full(10, 5, 5), SHA)).isTrue();
  }

  @Test
  void sink_tooLittleSpace_saysSo() {
    assertThatThrownBy(() -> staging.sink(full(1L << 52, 0, 5)))
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
    assertThatThrownBy(() -> staging.sink(full(10, 6, 5)))
        .hasMessageContaining("[6, 11)")
        .hasMessageContaining("[0, 10)");
    assertThatThrownBy(() -> staging.sink(lease(TransferMode.APPEND, 100, 110, 99, 5)))
        .hasMessageContaining("[100, 110)");
  }

  @Test
  void sink_hostileIds_areRefused() {
    Lease good = full(10, 0, 5);
    Lease bad =
        new Lease(
            "7-0", "../7", JOB, 1, "v", "/s", 10, 0, 5, "k", SHA, good.mode(), 0, null, "s", "n");
    assertThatThrownBy(() -> staging.sink(bad)).hasMessageContaining("../7");
  }

  @Test
  void sink_stagingFolderIsSymlink_isRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve(".syncmate-staging"), elsewhere);
    assertThatThrownBy(() -> staging.sink(full(10, 0, 5)))
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
    staging.recordVerified(full(10, 5, 5), SHA);
    receive(staging, full(5, 0, 5), "hello");
    assertThat(part).hasContent("hello");
    assertThat(staging.isVerified(full(10, 5, 5), SHA)).isFalse();
  }

  @Test
  void freeBytes_ofTheStagingFolder_isPositive() {
    assertThat(staging.freeBytes()).isPositive();
    assertThat(new Staging(destination(), folder.resolve("not/yet"), "s").freeBytes()).isPositive();
  }

  private static void isResend(TransferException e) {
    assertThat(e.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(e.reason()).isEqualTo(Reason.OBJECT_BAD);
  }

  private Staging staging(String writerId) {
    return new Staging(destination(), null, writerId, Duration.ZERO);
  }

  private Destination destination() {
    return new Destination() {
      @Override
      public Path target(StagedTransfer transfer) {
        return target;
      }

      @Override
      public List<Path> roots() {
        return List.of(folder);
      }
    };
  }

  private static void receive(Staging staging, Lease lease, String content) throws IOException {
    try (SliceSink.Writer writer = staging.sink(lease).open()) {
      writer.write(bytes(content));
      writer.finish();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Lease full(long size, long offset, long length) {
    return lease(TransferMode.FULL, 0, size, offset, length);
  }

  private static Lease lease(
      TransferMode mode, long transferOffset, long size, long offset, long length) {
    return new Lease(
        "7-0",
        "7",
        JOB,
        1,
        "v",
        "/s/v",
        size,
        offset,
        length,
        "key",
        SHA,
        mode,
        transferOffset,
        null,
        "gz",
        "v");
  }
}
