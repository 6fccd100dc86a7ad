// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppendPlacingTest {
  private static final int OLD = 1_234_567;
  private static final int SIZE = 5_000_000;
  @TempDir Path given;
  private Path root;
  private PlacingBench bench;

  @BeforeEach
  void stage() throws IOException {
    root = given.toRealPath();
    bench = PlacingBench.append(root, OLD, SIZE).receiveAll();
  }

  @Test
  void place_targetHasAnotherName_isRefusedAndTheOtherNameUntouched() throws IOException {
    Path outside = Files.createLink(given.toRealPath().resolve("outside"), bench.target);
    assertThat(bench.failure())
        .hasMessageContaining("2 names")
        .extracting("reason")
        .isEqualTo(Reason.TARGET_CHANGED);
    assertThat(outside).hasBinaryContent(bench.old());
    Files.delete(outside);
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_anotherJobBroughtTheSameTail_isPlacedAndLeftAlone() throws IOException {
    Files.write(bench.target, bench.content);
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_anotherTailOfTheSameSize_isKeptAndReported() throws IOException {
    Files.write(bench.target, bench.content);
    PlacingBench.flip(bench.target, SIZE - 1);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasSize(SIZE);
  }

  @Test
  void place_append_growsTheSameFile() throws IOException {
    long inode = FileSystems.inode(bench.target);
    bench.place();
    bench.assertPlaced();
    assertThat(FileSystems.inode(bench.target)).isEqualTo(inode);
    bench.forget();
    bench.placeAgain();
    assertThat(root.toFile().list()).containsExactly("blob_1.bin");
  }

  @Test
  void place_appendToEmptyTail_works() throws IOException {
    Path other = Files.createDirectory(root.resolve("other"));
    PlacingBench nothing = PlacingBench.append(other, OLD, OLD);
    nothing.place();
    nothing.assertPlaced();
    nothing.forget();
    assertThat(other.toFile().list()).containsExactly("blob_1.bin");
  }

  @ParameterizedTest
  @CsvSource({
    "CHECKED,1",
    "APPEND_RECORDED,1",
    "CHUNK_WRITTEN,1",
    "CHUNK_WRITTEN,3",
    "CHUNK_WRITTEN,5",
    "TAIL_WRITTEN,1",
    "TAIL_VERIFIED,1"
  })
  void place_crash_nextAttemptFinishes(PlacingStep step, int time) throws IOException {
    bench.crashAt(step, time);
    bench.placeAgain();
    bench.assertPlaced();
    bench.placeAgain();
    bench.forget();
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_crashAfterCrash_nextAttemptFinishes() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 1);
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 2);
    bench.crashAt(PlacingStep.TAIL_WRITTEN, 1);
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_tornWrite_isWrittenAgain() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    write(bench.target, OLD + 700_000 - (OLD + 700_000) % 4096, new byte[40_960]);
    write(bench.target, Files.size(bench.target), new byte[10_000]);
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_foreignBytesInBegunTail_areReportedAndKept() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    PlacingBench.flip(bench.target, OLD + 1_000_000);
    byte[] found = Files.readAllBytes(bench.target);
    TransferException failure = bench.failure();
    assertThat(failure.reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(failure.disposition()).isEqualTo(Disposition.FAIL_TASK);
    bench.assertTarget(found);
  }

  @Test
  void place_foreignBytesInOldPartAfterCrash_areReportedAndKept() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    PlacingBench.flip(bench.target, 1000);
    byte[] found = Files.readAllBytes(bench.target);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    bench.assertTarget(found);
  }

  @Test
  void place_foreignGrowthPastTheEnd_isReportedAndKept() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    write(bench.target, SIZE, new byte[] {1});
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(Files.size(bench.target)).isEqualTo(SIZE + 1);
  }

  @Test
  void place_foreignGrowthDuringAppend_isReportedAndKept() throws IOException {
    byte[] foreign = {1, 2, 3};
    bench.steps =
        step -> {
          if (step == PlacingStep.CHUNK_WRITTEN && size() < SIZE / 2) {
            write(bench.target, size(), foreign);
          }
        };
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    byte[] found = Files.readAllBytes(bench.target);
    assertThat(Arrays.copyOfRange(found, found.length - 3, found.length)).isEqualTo(foreign);
  }

  @Test
  void place_foreignGrowthAfterAppend_isReportedAndKept() throws IOException {
    bench.steps =
        step -> {
          if (step == PlacingStep.TAIL_WRITTEN) {
            write(bench.target, SIZE, new byte[] {1});
          }
        };
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(Files.size(bench.target)).isEqualTo(SIZE + 1);
  }

  @Test
  void place_targetReplacedDuringAppend_isReportedAndKept() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 2);
    Path other = Files.write(root.resolve("other"), bench.old());
    Files.move(other, bench.target, StandardCopyOption.REPLACE_EXISTING);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    bench.assertTarget(bench.old());
  }

  @Test
  void place_targetGoneOrOtherSizeOrContent_isReportedAndKept() throws IOException {
    PlacingBench.flip(bench.target, 77);
    assertThat(bench.failure()).hasMessageContaining("sample digest");
    write(bench.target, OLD, new byte[] {1});
    assertThat(bench.failure()).hasMessageContaining((OLD + 1) + " bytes");
    assertThat(Files.size(bench.target)).isEqualTo(OLD + 1);
    Files.delete(bench.target);
    TransferException failure = bench.failure();
    assertThat(failure.reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(failure).hasMessageContaining("gone");
    assertThat(bench.target).doesNotExist();
  }

  @Test
  void place_byteFlippedInStaging_targetIsCutBackAndOnlyThatSliceLost() throws IOException {
    PlacingBench.flip(bench.part(), 2_000_000);
    TransferException failure = bench.failure();
    assertThat(failure.reason()).isEqualTo(Reason.STAGING_LOST);
    assertThat(failure.disposition()).isEqualTo(Disposition.RESEND);
    bench.assertTarget(bench.old());
    assertThat(isVerified(0)).isTrue();
    assertThat(isVerified(1)).isFalse();
    bench.receive("s2", bench.slices.get(1));
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_sourceDigestDiffers_targetIsCutBack() throws IOException {
    bench.sourceDigest = "0000000000000000";
    assertThat(bench.failure().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    bench.assertTarget(bench.old());
    assertThat(bench.failure().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    bench.assertTarget(bench.old());
  }

  @Test
  void place_crashWhileCuttingBack_nextAttemptCutsBack() throws IOException {
    bench.sourceDigest = "0000000000000000";
    bench.crashAt(PlacingStep.TAIL_WRITTEN, 1);
    bench.crashAt(PlacingStep.CUT_BACK, 1);
    assertThat(bench.failure().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    bench.assertTarget(bench.old());
  }

  @Test
  void place_stagingLostAfterCrash_isLostAndThenGoesOn() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    Files.delete(bench.part());
    long size = size();
    assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
    assertThat(size()).isEqualTo(size);
    bench.receiveAll().place();
    bench.assertPlaced();
  }

  @Test
  void place_stagingLostAfterWholeTail_answersSuccess() throws IOException {
    bench.crashAt(PlacingStep.TAIL_WRITTEN, 1);
    Files.delete(bench.part());
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_wholeTargetButOtherTail_neverGuesses() throws IOException {
    bench.place();
    bench.forget();
    PlacingBench.flip(bench.target, SIZE - 5);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
  }

  @Test
  void place_nothingStaged_isLost() throws IOException {
    Path other = Files.createDirectory(root.resolve("other"));
    PlacingBench unstaged = PlacingBench.append(other, OLD, SIZE);
    assertThat(unstaged.failure().reason()).isEqualTo(Reason.STAGING_LOST);
    assertThat(other.toFile().list()).containsExactly("blob_1.bin");
  }

  @Test
  void place_cancelled_stopsAndNextAttemptFinishes() throws IOException {
    Cancellation cancellation = new Cancellation();
    TransferException lost = new TransferException(Reason.LEASE_LOST, "lost");
    bench.steps =
        step -> {
          if (step == PlacingStep.CHUNK_WRITTEN) {
            cancellation.cancel(lost);
          }
        };
    assertThatThrownBy(() -> bench.place(cancellation)).isSameAs(lost);
    assertThat(size()).isBetween((long) OLD, (long) SIZE - 1);
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void forget_begunAppend_isKept() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 3);
    bench.forget();
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_recordOfAnotherUnfinishedAppend_asksForAPerson() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 1);
    Path record = root.resolve(".syncmate-staging/0123456789abcdef-7.placing");
    Files.writeString(record, Files.readString(record).replace("blob_1", "blob_9"));
    assertThat(bench.failure())
        .hasMessageContaining("blob_9")
        .extracting("reason")
        .isEqualTo(Reason.PLACING_RECORD_BAD);
  }

  private boolean isVerified(int slice) {
    return bench.staging("x").isVerified(bench.transfer(), bench.slices.get(slice));
  }

  private long size() {
    return bench.target.toFile().length();
  }

  private static void write(Path file, long at, byte[] bytes) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
