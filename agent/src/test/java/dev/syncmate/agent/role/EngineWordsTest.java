// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.placing.ReceivedFile;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.PlannedTarget;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.StagingId;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TransferMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineWordsTest {
  private static final String JOB = "0123456789abcdef";
  private static final String SHA = "ab".repeat(32);
  private static final StagedTransfer TAIL =
      new StagedTransfer(
          new StagingId(JOB, "7"),
          Mode.APPEND,
          100,
          110,
          new PlannedTarget("/t/f", "All.blobs", "f"));

  private static Lease lease(String jobId, String fileId) {
    return new Lease(
        "7-1",
        fileId,
        jobId,
        5,
        "f.offset.100",
        "/s/f",
        110,
        104,
        6,
        "k",
        SHA,
        TransferMode.APPEND,
        100,
        "/t/f",
        "All.blobs",
        "f",
        "110:1:2:3");
  }

  private static PlacingFile placing(SliceDigest... slices) {
    return new PlacingFile(
        "7",
        JOB,
        5,
        "f.offset.100",
        TransferMode.APPEND,
        "/s/f",
        110,
        "0011223344556677",
        100,
        "/t/f",
        "8899aabbccddeeff",
        100L,
        "640:1764500000123456789",
        "All.blobs",
        "f",
        null,
        List.of(slices));
  }

  private static void isInvalid(TransferException e) {
    assertThat(e.reason()).isEqualTo(Reason.TRANSFER_INVALID);
  }

  @Test
  void transfer_ofLeaseAndOfPlacing_isTheSame() {
    assertThat(EngineWords.transfer(lease(JOB, "7"))).isEqualTo(TAIL);
    assertThat(EngineWords.transfer(placing())).isEqualTo(TAIL);
  }

  @Test
  void slice_ofLease_isTheSlice() {
    assertThat(EngineWords.slice(lease(JOB, "7"))).isEqualTo(new SliceRange(104, 6));
    assertThat(EngineWords.sentSlice(lease(JOB, "7")))
        .isEqualTo(new DigestedSlice(new SliceRange(104, 6), SHA));
  }

  @Test
  void file_ofPlacing_hasSlicesAndDigests() {
    PlacingFile file = placing(new SliceDigest(100, 4, SHA), new SliceDigest(104, 6, SHA));
    assertThat(EngineWords.file(file))
        .isEqualTo(
            new ReceivedFile(
                TAIL,
                List.of(
                    new DigestedSlice(new SliceRange(100, 4), SHA),
                    new DigestedSlice(new SliceRange(104, 6), SHA)),
                new ReceivedFile.Source(
                    "/s/f", "0011223344556677", new FileMetadata(0640, 1_764_500_000_123_456_789L)),
                new ReceivedFile.Planned(100L, "8899aabbccddeeff")));
  }

  @Test
  void file_slicesDoNotCoverIt_isRefused() {
    assertThatThrownBy(() -> EngineWords.file(placing(new SliceDigest(104, 6, SHA))))
        .hasMessageContaining("/s/f")
        .isInstanceOfSatisfying(TransferException.class, EngineWordsTest::isInvalid);
  }

  @Test
  void transfer_hostileIds_areRefused() {
    assertThatThrownBy(() -> EngineWords.transfer(lease(JOB, "../7")))
        .hasMessageContaining("../7")
        .isInstanceOfSatisfying(TransferException.class, EngineWordsTest::isInvalid);
    assertThatThrownBy(() -> EngineWords.transfer(lease("../" + JOB, "7")))
        .isInstanceOfSatisfying(TransferException.class, EngineWordsTest::isInvalid);
  }
}
