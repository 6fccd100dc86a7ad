// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.AtomicFile;
import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.FileAccess;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.disk.FreeSpace;
import dev.syncmate.agent.disk.Holes;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.OpenStaging;
import dev.syncmate.agent.staging.StagedSlices;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a whole new file in the target's place: readers see the old one until the new one is whole.
 * The caller has the staging file's lock exclusively.
 */
final class FullPlacing {
  private static final Logger LOG = LoggerFactory.getLogger(FullPlacing.class);

  private final StagedState stagedState;
  private final TargetState targetState;
  private final Consumer<PlacingStep> steps;
  private final boolean preserves;

  FullPlacing(StagedState stagedState, TargetState targetState, Placer.Options options) {
    this.stagedState = stagedState;
    this.targetState = targetState;
    this.steps = options.steps();
    this.preserves = options.preserves();
  }

  void place(Placement placement) throws IOException {
    PlacingRecord record = placement.paths().record().readFor(placement);
    if (record != null && isRenamed(placement, record)) {
      DurableFiles.forceFolder(placement.paths().targetFolder().path());
      return;
    }
    createIfEmpty(placement);
    StagedSlices slices = stagedState.requireVerified(placement);
    TargetStamp found = TargetStamp.of(placement.at());
    if (!targetState.isReplaceable(placement, found)) {
      requirePlaced(placement, found);
      return;
    }
    steps.accept(PlacingStep.CHECKED);
    Path part = placement.staged().part();
    if (FileSystems.device(part) == FileSystems.device(placement.paths().targetFolder().path())) {
      stagedState.requireSettled(placement, slices);
      targetState.requireSourceDigest(
          placement, part, placement.paths().staged().named().part().toString());
      if (found == null && !placement.paths().isStagedBesideTarget()) {
        placement.paths().asMadeBesideTarget(part);
      }
      try {
        publish(placement, part, found);
        return;
      } catch (AtomicMoveNotSupportedException e) {
        LOG.info("placing.copy target={} reason={}", placement.target(), e.getReason());
      }
    }
    try (OpenStaging beside = placement.paths().createBesideTarget()) {
      publish(placement, copy(placement, beside), found);
    }
  }

  /** Somebody's file stays, unless it is what is to be placed: another job may have brought it. */
  private void requirePlaced(Placement placement, @Nullable TargetStamp found) throws IOException {
    if (!targetState.isPlaced(placement)) {
      throw placement.targetChanged(
          TargetStamp.describe(found),
          placement.isPlannedThere()
              ? placement.file().planned() + ", as planned"
              : "nothing there, as planned");
    }
    DurableFiles.forceFile(placement.at());
    DurableFiles.forceFolder(placement.paths().targetFolder().path());
  }

  /** Whether an earlier attempt came past the rename. */
  private boolean isRenamed(Placement placement, PlacingRecord record) throws IOException {
    Path target = placement.at();
    if (FileSystems.inode(target) != record.inode()) {
      return false;
    }
    // The number may be that of another file only if ours is gone, and then the times differ.
    if (Files.size(target) == record.sizeBytes() && modifiedNs(target) == record.modifiedNs()) {
      return true;
    }
    if (targetState.isPlaced(placement)) {
      return true;
    }
    if (StagedState.isStaged(placement)) {
      return false;
    }
    throw placement.targetChanged(
        "changed after it was placed, %d bytes now".formatted(Files.size(target)),
        "the %d bytes that were placed".formatted(record.sizeBytes()));
  }

  private void createIfEmpty(Placement placement) throws IOException {
    if (placement.transfer().sizeBytes() > 0) {
      return;
    }
    try {
      Files.createFile(placement.staged().part());
    } catch (FileAlreadyExistsException e) {
      return;
    }
  }

  private Path copy(Placement placement, OpenStaging beside) throws IOException {
    Path copy = beside.file().copy();
    String name = beside.named().copy().toString();
    Files.deleteIfExists(copy);
    FreeSpace.require(
        "copy " + name, placement.paths().targetFolder().path(), placement.transfer().sizeBytes());
    boolean whole = false;
    try {
      DigestedSlice bad = copyTo(placement, copy);
      if (bad != null) {
        throw stagedState.revoked(placement, List.of(bad));
      }
      targetState.requireSourceDigest(placement, copy, name);
      whole = true;
    } catch (IOException e) {
      throw DiskErrors.writing(
          "copy of %s to %s".formatted(placement.paths().staged().named().part(), name), e);
    } finally {
      if (!whole) {
        Files.deleteIfExists(copy);
      }
    }
    steps.accept(PlacingStep.COPIED);
    return copy;
  }

  private static @Nullable DigestedSlice copyTo(Placement placement, Path copy) throws IOException {
    try (FileChannel from = FileBytes.openToRead(placement.staged().part());
        FileChannel to =
            FileChannel.open(
                copy,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      FileAccess.narrow(copy, placement.at());
      DigestedSlice bad =
          new SlicePass(from, 0, placement.cancellation())
              .firstBad(
                  placement.file().slices(),
                  (chunk, offset) -> Holes.writeFully(to, chunk, offset));
      if (bad == null) {
        Holes.extend(to, placement.transfer().sizeBytes());
        to.force(true);
      }
      return bad;
    }
  }

  private void publish(Placement placement, Path ready, @Nullable TargetStamp found)
      throws IOException {
    if (found == null) {
      asNew(placement, ready);
    } else {
      FileAccess.copy(placement.at(), ready);
    }
    DurableFiles.forceFile(ready);
    placement.cancellation().check();
    targetState.requireUnmoved(placement);
    placement
        .paths()
        .record()
        .write(
            new PlacingRecord(
                PlacingRecord.Step.RENAME_BEGUN,
                placement.target().toString(),
                FileSystems.inode(ready),
                placement.transfer().sizeBytes(),
                0,
                modifiedNs(ready)));
    steps.accept(PlacingStep.RENAME_RECORDED);
    placement.cancellation().check();
    TargetStamp now = targetState.requireAsFound(placement, found);
    if (now != null && !now.equals(found)) {
      // Somebody gave or took rights meanwhile.
      FileAccess.copy(placement.at(), ready);
    }
    giveName(placement, ready, found);
    steps.accept(PlacingStep.RENAMED);
    DurableFiles.forceFolder(placement.paths().targetFolder().path());
  }

  private void asNew(Placement placement, Path ready) throws IOException {
    FileMetadata metadata = placement.file().source().metadata();
    if (preserves && metadata != null) {
      metadata.giveTo(ready);
    }
  }

  private static void giveName(Placement placement, Path ready, @Nullable TargetStamp found)
      throws IOException {
    if (found != null) {
      AtomicFile.moveOver(ready, placement.at());
      return;
    }
    try {
      AtomicFile.moveToNew(ready, placement.at());
    } catch (FileAlreadyExistsException e) {
      throw placement.targetChanged("made just now", "nothing there");
    }
  }

  private static long modifiedNs(Path file) throws IOException {
    return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).to(TimeUnit.NANOSECONDS);
  }
}
