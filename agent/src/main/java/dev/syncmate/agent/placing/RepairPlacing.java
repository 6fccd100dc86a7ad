// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one slice over a damaged one, in place. Only what the plan found there gives way: the
 * slice with that SHA-256, or one that an earlier attempt began to write over, as its record says.
 * A file that takes the target's name meanwhile is never written to. The caller has the staging
 * file's lock exclusively.
 */
final class RepairPlacing {
  private final StagedState stagedState;
  private final TargetState targetState;
  private final Consumer<PlacingStep> steps;

  RepairPlacing(StagedState stagedState, TargetState targetState, Consumer<PlacingStep> steps) {
    this.stagedState = stagedState;
    this.targetState = targetState;
    this.steps = steps;
  }

  void place(Placement placement) throws IOException {
    if (!Files.isRegularFile(placement.at(), LinkOption.NOFOLLOW_LINKS)) {
      throw placement.targetChanged("gone", "a file with a damaged slice");
    }
    long[] opened = new long[1];
    try (FileChannel target =
        FileBytes.openToWrite(
            placement.at(),
            (inode, links) -> {
              if (links != 1) {
                throw placement.targetChanged(links + " names (hard links) of one file", "1");
              }
              opened[0] = inode;
            })) {
      repair(placement, target, opened[0]);
    }
  }

  private void repair(Placement placement, FileChannel target, long inode) throws IOException {
    DigestedSlice slice = placement.onlySlice();
    @Nullable String found =
        new SlicePass(target, 0, placement.cancellation()).sha256(slice.range());
    if (slice.sha256().equals(found)) {
      target.force(true);
      return;
    }
    PlacingRecord record = placement.paths().record().readFor(placement);
    if (!isBegun(record, inode) && (found == null || !placement.isDamage(found))) {
      throw placement.targetChanged(
          "SHA-256 of the slice at %d is %s".formatted(slice.range().offsetBytes(), found),
          "%s, as it was found".formatted(placement.file().planned().digest()));
    }
    stagedState.requireVerified(placement);
    requireGood(placement, slice);
    targetState.requireUnmoved(placement);
    steps.accept(PlacingStep.CHECKED);
    if (!isBegun(record, inode)) {
      placement.paths().record().write(begun(placement, inode));
    }
    steps.accept(PlacingStep.REPAIR_RECORDED);
    write(placement, target, slice);
    steps.accept(PlacingStep.REPAIRED);
  }

  private static boolean isBegun(@Nullable PlacingRecord record, long inode) {
    return record != null
        && record.step() == PlacingRecord.Step.REPAIR_BEGUN
        && record.inode() == inode;
  }

  /** Nothing is written over before it is known that what is written is right. */
  private void requireGood(Placement placement, DigestedSlice slice) throws IOException {
    try (FileChannel staged = FileBytes.openToRead(placement.staged().part())) {
      long base = placement.transfer().offsetBytes();
      SlicePass pass = new SlicePass(staged, base, placement.cancellation());
      if (!pass.isGood(slice, (chunk, offset) -> {})) {
        throw stagedState.revoked(placement, List.of(slice));
      }
    }
  }

  private void write(Placement placement, FileChannel target, DigestedSlice slice)
      throws IOException {
    try (FileChannel staged = FileBytes.openToRead(placement.staged().part())) {
      long base = placement.transfer().offsetBytes();
      SlicePass pass = new SlicePass(staged, base, placement.cancellation());
      pass.isGood(
          slice,
          (chunk, offset) -> {
            FileBytes.writeFully(target, chunk, offset);
            steps.accept(PlacingStep.CHUNK_WRITTEN);
          });
      target.force(true);
    } catch (IOException e) {
      throw DiskErrors.writing("repair of " + placement.target(), e);
    }
    SlicePass readBack = new SlicePass(target, 0, placement.cancellation());
    if (!readBack.isGood(slice, (chunk, offset) -> {})) {
      throw new TransferException(
          Reason.DISK_ERROR,
          "repair of %s: the slice at %d is not what was written (expected: SHA-256 %s); check the disk"
              .formatted(placement.target(), slice.range().offsetBytes(), slice.sha256()));
    }
  }

  private static PlacingRecord begun(Placement placement, long inode) {
    return new PlacingRecord(
        PlacingRecord.Step.REPAIR_BEGUN,
        placement.target().toString(),
        inode,
        placement.transfer().sizeBytes(),
        placement.transfer().offsetBytes(),
        0);
  }
}
