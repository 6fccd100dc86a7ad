// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RepairPlacingTest {
  private static final int OFFSET = 1_500_000;
  private static final int END = 2_800_000;
  private static final int SIZE = 4_000_000;
  @TempDir Path given;
  private byte[] whole;
  private byte[] damaged;
  private PlacingBench bench;

  @BeforeEach
  void stage() throws IOException {
    Path root = given.toRealPath();
    byte[] content = PlacingBench.random(END, 2);
    whole = Arrays.copyOf(content, SIZE);
    damaged = whole.clone();
    damaged[OFFSET] ^= 1;
    damaged[END - 1] ^= 1;
    bench =
        PlacingBench.repair(root, OFFSET, END, Arrays.copyOfRange(damaged, OFFSET, END))
            .receiveAll();
    Files.write(bench.target, damaged);
  }

  @Test
  void place_damageAsFound_isWrittenOverInTheSameFile() throws IOException {
    long inode = FileSystems.inode(bench.target);
    bench.place();
    bench.assertTarget(whole);
    assertThat(FileSystems.inode(bench.target)).isEqualTo(inode);
    bench.placeAgain();
    bench.forget();
    bench.placeAgain();
    bench.assertTarget(whole);
    try (var left = Files.list(bench.target.getParent())) {
      assertThat(left).containsExactly(bench.target);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKED", "REPAIR_RECORDED", "CHUNK_WRITTEN", "REPAIRED"})
  void place_crashAtAnyStep_theNextAttemptMakesItWhole(PlacingStep step) throws IOException {
    bench.crashAt(step, 1);
    bench.placeAgain();
    bench.assertTarget(whole);
  }

  @Test
  void place_otherDamageThanFound_isKeptAndReported() throws IOException {
    PlacingBench.flip(bench.target, OFFSET + 7);
    byte[] other = Files.readAllBytes(bench.target);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    bench.assertTarget(other);
  }

  @Test
  void place_anotherFileTookTheName_isKeptAlsoAfterABegunRepair() throws IOException {
    bench.crashAt(PlacingStep.CHUNK_WRITTEN, 1);
    byte[] newer = PlacingBench.random(SIZE, 9);
    Path beside = Files.write(bench.target.resolveSibling("newer"), newer);
    Files.move(beside, bench.target, StandardCopyOption.REPLACE_EXISTING);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    bench.assertTarget(newer);
  }

  @Test
  void place_targetCutOrGone_isReported() throws IOException {
    Files.write(bench.target, Arrays.copyOf(damaged, END - 1));
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasSize(END - 1);
    Files.delete(bench.target);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).doesNotExist();
  }

  @Test
  void place_stagedBytesWentBad_targetIsNotTouchedAndTheSliceComesAgain() throws IOException {
    PlacingBench.flip(bench.part(), 5);
    assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
    bench.assertTarget(damaged);
    bench.receiveAll().place();
    bench.assertTarget(whole);
  }

  @Test
  void place_moreThanOneSlice_isRefused() {
    bench.slices =
        List.of(
            PlacingBench.slice(OFFSET, Arrays.copyOfRange(whole, OFFSET, END - 1)),
            PlacingBench.slice(END - 1, Arrays.copyOfRange(whole, END - 1, END)));
    assertThat(bench.failure().reason()).isEqualTo(Reason.TRANSFER_INVALID);
  }
}
