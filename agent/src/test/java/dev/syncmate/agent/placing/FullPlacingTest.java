// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.staging.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FullPlacingTest {
  private static final int SIZE = 4_000_000;
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");
  @TempDir Path given;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(given.toRealPath().resolve("root"));
  }

  @Test
  void place_newFile_isThereAndStagingGone() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.place();
    bench.assertPlaced();
    bench.forget();
    assertThat(root.resolve(".syncmate-staging")).doesNotExist();
  }

  @Test
  void place_manySlicesConcurrentlyInRandomOrder_isRight() throws Exception {
    PlacingBench bench = PlacingBench.full(root, 3_000_000);
    long seed = System.nanoTime();
    List<DigestedSlice> small = new ArrayList<>();
    Random random = new Random(seed);
    for (int at = 0; at < bench.content.length; ) {
      int length = Math.min(1 + random.nextInt(40_000), bench.content.length - at);
      byte[] bytes = Arrays.copyOfRange(bench.content, at, at + length);
      small.add(PlacingBench.slice(at, bytes));
      at += length;
    }
    bench.slices = small;
    List<DigestedSlice> shuffled = new ArrayList<>(small);
    Collections.shuffle(shuffled, random);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < shuffled.size(); i++) {
        String writer = "s" + i % 3;
        DigestedSlice slice = shuffled.get(i);
        work.add(
            () -> {
              bench.receive(writer, slice);
              return null;
            });
      }
      for (Future<Void> done : pool.invokeAll(work)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    bench.place();
    assertThat(bench.target).as("seed %d", seed).hasBinaryContent(bench.content);
  }

  @Test
  void place_replacedFile_readersKeepTheOldOneAndAccessIsKept() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "old content");
    bench.targetDigest = PlacingBench.digest(Files.readAllBytes(bench.target));
    Files.setPosixFilePermissions(bench.target, PosixFilePermissions.fromString("r--r-----"));
    try (InputStream reader = Files.newInputStream(bench.target)) {
      bench.place();
      assertThat(reader.readAllBytes()).asString().isEqualTo("old content");
    }
    bench.assertPlaced();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bench.target)))
        .isEqualTo("r--r-----");
  }

  @Test
  void place_neighbours_keepInodeAndTime() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Path neighbour = Files.writeString(root.resolve("blob_2.bin"), "unchanged");
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(neighbour, time);
    long inode = FileSystems.inode(neighbour);
    bench.place();
    bench.forget();
    assertThat(FileSystems.inode(neighbour)).isEqualTo(inode);
    assertThat(Files.getLastModifiedTime(neighbour)).isEqualTo(time);
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("blob_1.bin", "blob_2.bin");
  }

  @Test
  void place_emptyFile_works() throws IOException {
    PlacingBench bench = PlacingBench.full(root, 0);
    bench.place();
    assertThat(bench.target).isEmptyFile();
    bench.forget();
    bench.place();
    assertThat(root.resolve(".syncmate-staging")).doesNotExist();
  }

  @Test
  void place_emptyFileWithOneEmptySlice_replacesTheOld() throws IOException {
    PlacingBench bench = PlacingBench.full(root, 0);
    bench.slices = List.of(PlacingBench.slice(0, new byte[0]));
    Files.writeString(bench.target, "old");
    bench.receiveAll().place();
    assertThat(bench.target).isEmptyFile();
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKED", "RENAME_RECORDED", "RENAMED"})
  void place_crash_nextAttemptFinishes(PlacingStep step) throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "old content");
    bench.crashAt(step, 1);
    if (step != PlacingStep.RENAMED) {
      assertThat(bench.target).hasContent("old content");
    }
    bench.placeAgain();
    bench.assertPlaced();
    bench.placeAgain();
    bench.forget();
    bench.placeAgain();
    bench.assertPlaced();
    assertThat(root.resolve(".syncmate-staging")).doesNotExist();
  }

  @Test
  void place_afterForgetTargetDiffers_neverGuesses() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.place();
    bench.forget();
    PlacingBench.flip(bench.target, 3_000_000);
    assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
  }

  @Test
  void place_changedAfterRename_isReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.crashAt(PlacingStep.RENAMED, 1);
    PlacingBench.flip(bench.target, 5);
    TransferException failure = bench.failure();
    assertThat(failure.reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(failure.disposition()).isEqualTo(Disposition.FAIL_TASK);
  }

  @Test
  void place_sliceNotVerified_isStagingLost() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE);
    Files.writeString(bench.target, "old content");
    bench.receive("s1", bench.slices.get(0));
    bench.receive("s1", bench.slices.get(2));
    bench.write(bench.staging("s1"), bench.slices.get(1), bench.content);
    TransferException failure = bench.failure();
    assertThat(failure.reason()).isEqualTo(Reason.STAGING_LOST);
    assertThat(failure).hasMessageContaining("slice at 1500000");
    assertThat(bench.target).hasContent("old content");
  }

  @Test
  void place_verifiedSliceOverwrittenByLatePass_isFoundAndOnlyThatSliceLost() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    byte[] other = bench.content.clone();
    other[2_000_000] ^= 1;
    bench.write(bench.staging("late"), bench.slices.get(1), other);
    assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
    assertThat(bench.target).doesNotExist();
    Staging staging = bench.staging("s2");
    List<Boolean> verified = new ArrayList<>();
    for (DigestedSlice slice : bench.slices) {
      verified.add(staging.isVerified(bench.transfer(), slice));
    }
    assertThat(verified).containsExactly(true, false, true);
    bench.receive("s2", bench.slices.get(1));
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_latePassStillOpen_isBusyAndLaterWorks() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    SliceSink sink = bench.staging("late").sink(bench.transfer(), bench.slices.get(0).range());
    try (SliceSink.Writer writer = sink.open()) {
      assertThat(writer).isNotNull();
      TransferException failure = bench.failure();
      assertThat(failure.reason()).isEqualTo(Reason.STAGING_BUSY);
      assertThat(failure.disposition()).isEqualTo(Disposition.RETRY);
    }
    bench.place();
    bench.assertPlaced();
    assertThatThrownBy(sink::open).hasMessageContaining("deleted or placed");
  }

  @Test
  void place_sourceDigestDiffers_isRefused() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "old content");
    bench.sourceDigest = "0000000000000000";
    assertThat(bench.failure().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    assertThat(bench.target).hasContent("old content");
  }

  @Test
  void place_unknownDigests_works() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.sourceDigest = null;
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_targetChangedSincePlan_isReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "somebody's");
    bench.targetDigest = "0000000000000000";
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasContent("somebody's");
  }

  @Test
  void place_somebodyWroteWhereThePlanSawNothing_isKeptAndReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.plannedThere = false;
    Files.writeString(bench.target, "somebody's");
    assertThat(bench.failure())
        .hasMessageContaining("10 bytes")
        .hasMessageContaining("nothing there, as planned")
        .extracting("reason")
        .isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasContent("somebody's");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void place_targetIsTheResultAlready_isPlacedAndLeftAlone(boolean plannedThere)
      throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.plannedThere = plannedThere;
    bench.targetDigest = plannedThere ? "0000000000000000" : null;
    Files.write(bench.target, bench.content);
    Object before = Files.getAttribute(bench.target, "unix:ino");
    bench.place();
    bench.assertPlaced();
    assertThat(Files.getAttribute(bench.target, "unix:ino")).isEqualTo(before);
  }

  @Test
  void place_targetOfTheRightSampleDigestButOtherBytes_isKeptAndReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.plannedThere = false;
    Files.write(bench.target, bench.content);
    PlacingBench.flip(bench.target, SIZE / 2);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
  }

  @Test
  void place_targetAppearsAtTheLastMoment_isKeptAndReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.plannedThere = false;
    bench.steps = at(PlacingStep.RENAME_RECORDED, () -> Files.writeString(bench.target, "late"));
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasContent("late");
  }

  @Test
  void place_plannedTargetChangesBeforeTheRename_isKeptAndReported() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "as planned");
    bench.targetDigest = PlacingBench.digest("as planned".getBytes(UTF_8));
    bench.steps = at(PlacingStep.CHECKED, () -> Files.writeString(bench.target, "rewritten"));
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_CHANGED);
    assertThat(bench.target).hasContent("rewritten");
  }

  @Test
  void place_plannedTargetGetsOtherRightsBeforeTheRename_isReplaced() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "as planned");
    bench.targetDigest = PlacingBench.digest("as planned".getBytes(UTF_8));
    bench.steps =
        at(
            PlacingStep.CHECKED,
            () ->
                Files.setPosixFilePermissions(
                    bench.target, PosixFilePermissions.fromString("rw-------")));
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_crashBetweenTheTwoNames_isPlacedByTheNextAttempt() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.plannedThere = false;
    bench.crashAt(PlacingStep.RENAME_RECORDED, 1);
    Files.createLink(bench.target, bench.part());
    bench.placeAgain();
    bench.assertPlaced();
    bench.forget();
    assertThat(root.resolve(".syncmate-staging")).doesNotExist();
  }

  private interface Act {
    void run() throws IOException;
  }

  private static Consumer<PlacingStep> at(PlacingStep step, Act act) {
    return seen -> {
      if (seen == step) {
        try {
          act.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Test
  void place_slicesDoNotTile_isRefused() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.slices = List.of(bench.slices.get(0), bench.slices.get(2));
    assertThat(bench.failure()).hasMessageContaining("expected: 1500000");
    bench.slices = bench.slices.subList(0, 1);
    assertThat(bench.failure()).hasMessageContaining("expected: 4000000");
  }

  @Test
  void place_targetIsSymlinkOut_isRefused() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Path victim = Files.writeString(given.resolve("victim"), "precious");
    Files.createSymbolicLink(bench.target, victim);
    assertThat(bench.failure().reason()).isEqualTo(Reason.TARGET_REFUSED);
    assertThat(victim).hasContent("precious");
  }

  @Test
  void place_cancelled_touchesNothing() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Cancellation cancellation = new Cancellation();
    TransferException lost = new TransferException(Reason.LEASE_LOST, "lost");
    bench.steps =
        step -> {
          if (step == PlacingStep.RENAME_RECORDED) {
            cancellation.cancel(lost);
          }
        };
    assertThatThrownBy(() -> bench.place(cancellation)).isSameAs(lost);
    assertThat(bench.target).doesNotExist();
    bench.placeAgain();
    bench.assertPlaced();
  }

  @Test
  void place_recordDamaged_asksForAPerson() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(root.resolve(".syncmate-staging/0123456789abcdef-7.placing"), "{");
    assertThat(bench.failure().reason()).isEqualTo(Reason.PLACING_RECORD_BAD);
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKED", "COPIED", "RENAME_RECORDED", "RENAMED"})
  void place_stagingOnOtherFileSystem_copiesAndSurvivesCrashes(PlacingStep step)
      throws IOException {
    onOtherFileSystem(
        cache -> {
          PlacingBench bench = PlacingBench.full(root, SIZE);
          bench.cacheDir = cache;
          bench.receiveAll();
          Files.writeString(bench.target, "old content");
          bench.crashAt(step, 1);
          if (step != PlacingStep.RENAMED) {
            assertThat(bench.target).hasContent("old content");
          }
          bench.placeAgain();
          bench.assertPlaced();
          bench.placeAgain();
          bench.forget();
          bench.placeAgain();
          assertThat(root.resolve(".syncmate-staging")).doesNotExist();
          assertThat(cache).isEmptyDirectory();
        });
  }

  @Test
  void place_byteFlippedInStagingOnOtherFileSystem_isFound() throws IOException {
    onOtherFileSystem(
        cache -> {
          PlacingBench bench = PlacingBench.full(root, SIZE);
          bench.cacheDir = cache;
          bench.receiveAll();
          PlacingBench.flip(bench.part(), 1_700_000);
          assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
          assertThat(bench.target).doesNotExist();
          assertThat(root.resolve(".syncmate-staging/0123456789abcdef-7.copy")).doesNotExist();
          bench.receive("s2", bench.slices.get(1));
          bench.place();
          bench.assertPlaced();
        });
  }

  private interface CacheTest {
    void run(Path cache) throws IOException;
  }

  private void onOtherFileSystem(CacheTest test) throws IOException {
    assumeTrue(
        Files.isWritable(OTHER_FILE_SYSTEM)
            && FileSystems.device(OTHER_FILE_SYSTEM) != FileSystems.device(root),
        OTHER_FILE_SYSTEM + " is no other file system that can be written to");
    Path cache = Files.createTempDirectory(OTHER_FILE_SYSTEM, "syncmate-test");
    try {
      test.run(cache);
    } finally {
      try (var left = Files.walk(cache)) {
        left.sorted(Collections.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }
}
