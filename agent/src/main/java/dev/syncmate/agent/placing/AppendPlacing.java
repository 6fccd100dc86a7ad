// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.disk.FreeSpace;
import dev.syncmate.agent.disk.Holes;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tail behind an existing file. The caller has the staging file's lock exclusively.
 *
 * <p><b>Errors.</b> What is in the target and not provably ours is never overwritten or cut off:
 * reason target_changed. What is ours is cut off again when placing fails for good, runs out of
 * space or finds bad staging; on a cancellation or a crash it stays, and the record lets the next
 * attempt go on.
 */
final class AppendPlacing {
  private final StagedState stagedState;
  private final TargetState targetState;
  private final Consumer<PlacingStep> steps;

  AppendPlacing(StagedState stagedState, TargetState targetState, Consumer<PlacingStep> steps) {
    this.stagedState = stagedState;
    this.targetState = targetState;
    this.steps = steps;
  }

  void place(Placement placement) throws IOException {
    requireTarget(placement);
    PlacingRecord record = placement.paths().record().readFor(placement);
    if (record == null || !record.isAppend()) {
      begin(placement);
      return;
    }
    if (FileSystems.inode(placement.at()) != record.inode()) {
      throw placement.targetChanged("replaced by another file", "inode " + record.inode());
    }
    if (record.step() == PlacingRecord.Step.APPENDED) {
      requireStillPlaced(placement);
      return;
    }
    resume(placement, record);
  }

  /** Refuses a target that is not as it was when the append was planned. */
  void requirePlannedTarget(Placement placement) throws IOException {
    requireTarget(placement);
    long plannedBytes = placement.transfer().offsetBytes();
    long size = sizeBytes(placement);
    if (size != plannedBytes) {
      throw placement.targetChanged(
          "%d bytes".formatted(size), "%d bytes, as planned".formatted(plannedBytes));
    }
    requirePlannedPrefix(placement);
  }

  private void requireTarget(Placement placement) {
    if (!Files.isRegularFile(placement.at(), LinkOption.NOFOLLOW_LINKS)) {
      throw placement.targetChanged(
          "gone", "a file of %d bytes".formatted(placement.transfer().offsetBytes()));
    }
  }

  private void requirePlannedPrefix(Placement placement) throws IOException {
    if (!targetState.isPlannedPrefix(placement)) {
      throw placement.targetChanged(
          "another sample digest than planned", placement.file().planned().toString());
    }
  }

  private void requireStillPlaced(Placement placement) throws IOException {
    long size = sizeBytes(placement);
    if (size != placement.transfer().sizeBytes()) {
      throw placement.targetChanged(
          "%d bytes, after the append".formatted(size),
          "%d bytes".formatted(placement.transfer().sizeBytes()));
    }
    targetState.requireSourceDigest(placement, placement.at(), placement.target().toString());
  }

  private void begin(Placement placement) throws IOException {
    if (isPlacedBefore(placement)) {
      DurableFiles.forceFile(placement.at());
      return;
    }
    requirePlannedTarget(placement);
    stagedState.requireVerified(placement);
    requireSpace(placement, placement.transfer().stagedBytes());
    targetState.requireUnmoved(placement);
    FileBytes.openToWrite(placement.at(), (inode, links) -> requireOneName(placement, links))
        .close();
    steps.accept(PlacingStep.CHECKED);
    PlacingRecord record =
        record(placement, PlacingRecord.Step.APPEND_BEGUN, FileSystems.inode(placement.at()));
    placement.paths().record().write(record);
    steps.accept(PlacingStep.APPEND_RECORDED);
    append(placement, record, record.plannedBytes());
  }

  /**
   * Another job may have brought the same tail, or a coordinator that was put back has forgotten.
   */
  private boolean isPlacedBefore(Placement placement) throws IOException {
    return placement.transfer().stagedBytes() > 0
        && sizeBytes(placement) == placement.transfer().sizeBytes()
        && targetState.isPlaced(placement);
  }

  private void resume(Placement placement, PlacingRecord record) throws IOException {
    long size = sizeBytes(placement);
    if (size < record.plannedBytes() || size > record.sizeBytes()) {
      throw placement.targetChanged(
          "%d bytes, after a begun append".formatted(size),
          "%d to %d bytes".formatted(record.plannedBytes(), record.sizeBytes()));
    }
    requirePlannedPrefix(placement);
    if (!StagedState.isStaged(placement)
        && size == record.sizeBytes()
        && targetState.isPlaced(placement)) {
      seal(placement, record);
      return;
    }
    stagedState.requireVerified(placement);
    requireSpace(placement, record.sizeBytes() - size);
    try (FileChannel ours = FileBytes.openToRead(placement.staged().part());
        FileChannel found = FileBytes.openToRead(placement.at())) {
      long foreign = new TornTail(ours, found, record.plannedBytes()).firstForeign(size);
      if (foreign >= 0) {
        throw placement.targetChanged(
            "bytes at %d are neither ours nor zeros, after a begun append".formatted(foreign),
            "our tail");
      }
    }
    append(placement, record, size);
  }

  private void append(Placement placement, PlacingRecord record, long existingBytes)
      throws IOException {
    Tail tail = new Tail(placement, existingBytes);
    DigestedSlice bad;
    try {
      bad = tail.write(record);
    } catch (IOException e) {
      TransferException failure = DiskErrors.writing("append to " + placement.target(), e);
      cutBackAfter(failure, placement, record, tail.attemptedEndBytes);
      throw failure;
    }
    if (bad != null) {
      cutBack(placement, record, tail.attemptedEndBytes);
      throw stagedState.revoked(placement, List.of(bad));
    }
    steps.accept(PlacingStep.TAIL_WRITTEN);
    verify(placement, record);
  }

  private void verify(Placement placement, PlacingRecord record) throws IOException {
    long size = sizeBytes(placement);
    if (size != record.sizeBytes()) {
      throw placement.targetChanged(
          "%d bytes, after the append".formatted(size), "%d bytes".formatted(record.sizeBytes()));
    }
    try {
      targetState.requireSourceDigest(placement, placement.at(), placement.target().toString());
    } catch (TransferException e) {
      cutBackAfter(e, placement, record, record.sizeBytes());
      throw e;
    }
    seal(placement, record);
  }

  private void seal(Placement placement, PlacingRecord record) throws IOException {
    DurableFiles.forceFile(placement.at());
    steps.accept(PlacingStep.TAIL_VERIFIED);
    placement
        .paths()
        .record()
        .write(record(placement, PlacingRecord.Step.APPENDED, record.inode()));
  }

  private void cutBackAfter(
      TransferException failure, Placement placement, PlacingRecord record, long endBytes) {
    try {
      cutBack(placement, record, endBytes);
    } catch (IOException | TransferException e) {
      // The record stays, so the next attempt still knows which bytes are ours.
      failure.addSuppressed(e);
    }
  }

  /** Cuts our bytes off again, if nobody added any. */
  private void cutBack(Placement placement, PlacingRecord record, long endBytes)
      throws IOException {
    try (FileChannel channel = openTarget(placement, record)) {
      if (channel.size() > endBytes || channel.size() < record.plannedBytes()) {
        throw placement.targetChanged(
            "%d bytes, during the append".formatted(channel.size()),
            "at most %d bytes".formatted(endBytes));
      }
      channel.truncate(record.plannedBytes());
      channel.force(true);
    }
    steps.accept(PlacingStep.CUT_BACK);
    placement.paths().record().delete();
  }

  /** What has another name too, be it outside the roots, would be changed there as well. */
  private static FileChannel openTarget(Placement placement, PlacingRecord record)
      throws IOException {
    return FileBytes.openToWrite(
        placement.at(),
        (inode, links) -> {
          if (inode != record.inode()) {
            throw placement.targetChanged("replaced by another file", "inode " + record.inode());
          }
          requireOneName(placement, links);
        });
  }

  private static void requireOneName(Placement placement, int links) {
    if (links != 1) {
      throw placement.targetChanged(
          "%d names (hard links) of one file, and appending would change them all".formatted(links),
          "1");
    }
  }

  private static long sizeBytes(Placement placement) throws IOException {
    TargetStamp found = TargetStamp.of(placement.at());
    return found == null ? -1 : found.sizeBytes();
  }

  private static void requireSpace(Placement placement, long neededBytes) {
    FreeSpace.require(
        "append to " + placement.target(), placement.paths().targetFolder().path(), neededBytes);
  }

  private static PlacingRecord record(Placement placement, PlacingRecord.Step step, long inode) {
    return new PlacingRecord(
        step,
        placement.target().toString(),
        inode,
        placement.transfer().sizeBytes(),
        placement.transfer().offsetBytes(),
        0);
  }

  /** The tail on its way from staging into the target. */
  private final class Tail {
    private final Placement placement;
    private final long existingBytes;

    /** Where the target must end now. */
    private long endBytes;

    /** Where the target ends at most, if a write was cut short. */
    private long attemptedEndBytes;

    Tail(Placement placement, long existingBytes) {
      this.placement = placement;
      this.existingBytes = existingBytes;
      this.endBytes = existingBytes;
      this.attemptedEndBytes = existingBytes;
    }

    @Nullable DigestedSlice write(PlacingRecord record) throws IOException {
      if (placement.transfer().stagedBytes() == 0) {
        return null;
      }
      try (FileChannel from = FileBytes.openToRead(placement.staged().part());
          FileChannel to = openTarget(placement, record)) {
        DigestedSlice bad =
            new SlicePass(from, record.plannedBytes(), placement.cancellation())
                .firstBad(
                    placement.file().slices(), (chunk, offset) -> writeChunk(to, chunk, offset));
        to.force(true);
        return bad;
      }
    }

    private void writeChunk(FileChannel to, ByteBuffer chunk, long offset) throws IOException {
      if (to.size() != endBytes) {
        throw placement.targetChanged(
            "%d bytes, during the append".formatted(to.size()), "%d bytes".formatted(endBytes));
      }
      if (offset + chunk.remaining() <= existingBytes && isThere(to, chunk, offset)) {
        return;
      }
      long end = offset + chunk.remaining();
      attemptedEndBytes = Math.max(attemptedEndBytes, end);
      if (offset >= endBytes && Holes.isZero(chunk)) {
        Holes.extend(to, end);
      } else {
        FileBytes.writeFully(to, chunk, offset);
      }
      endBytes = Math.max(endBytes, end);
      steps.accept(PlacingStep.CHUNK_WRITTEN);
    }

    private boolean isThere(FileChannel to, ByteBuffer chunk, long offset) throws IOException {
      ByteBuffer found = ByteBuffer.allocate(chunk.remaining());
      FileBytes.readFully(to, found, offset);
      return found.flip().equals(chunk);
    }
  }
}
