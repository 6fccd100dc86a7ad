// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.AtomicFile;
import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.disk.FreeSpace;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.StagedSlices;
import dev.syncmate.agent.staging.Staging;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
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

  FullPlacing(StagedState stagedState, TargetState targetState, Consumer<PlacingStep> steps) {
    this.stagedState = stagedState;
    this.targetState = targetState;
    this.steps = steps;
  }

  void place(Placement placement) throws IOException {
    PlacingRecord record = placement.paths().record().readFor(placement);
    if (record != null && isRenamed(placement, record)) {
      DurableFiles.forceFolder(placement.paths().targetFolder());
      return;
    }
    createIfEmpty(placement);
    StagedSlices slices = stagedState.requireVerified(placement);
    TargetStamp found = TargetStamp.of(placement.target());
    if (!targetState.isReplaceable(placement, found)) {
      requirePlaced(placement, found);
      return;
    }
    DurableFiles.createFolders(placement.paths().targetFolder());
    steps.accept(PlacingStep.CHECKED);
    Path part = placement.staged().part();
    if (FileSystems.device(part) == FileSystems.device(placement.paths().targetFolder())) {
      stagedState.requireSettled(placement, slices);
      targetState.requireSourceDigest(placement, part);
      try {
        publish(placement, part, found);
        return;
      } catch (AtomicMoveNotSupportedException e) {
        LOG.info("placing.copy target={} reason={}", placement.target(), e.getReason());
      }
    }
    publish(placement, copy(placement), found);
  }

  /** Somebody's file stays, unless it is what is to be placed: another job may have brought it. */
  private void requirePlaced(Placement placement, @Nullable TargetStamp found) throws IOException {
    if (!targetState.isPlaced(placement)) {
      throw placement.targetChanged(
          TargetStamp.describe(found),
          placement.isPlannedThere()
              ? "sample digest %s, as planned".formatted(placement.file().targetDigest())
              : "nothing there, as planned");
    }
    DurableFiles.forceFile(placement.target());
    DurableFiles.forceFolder(placement.paths().targetFolder());
  }

  /** Whether an earlier attempt came past the rename. */
  private boolean isRenamed(Placement placement, PlacingRecord record) throws IOException {
    Path target = placement.target();
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

  private Path copy(Placement placement) throws IOException {
    Path copy = placement.paths().besideTarget().copy();
    Staging.createFolder(placement.paths().besideTarget().folder());
    Files.deleteIfExists(copy);
    FreeSpace.require(
        "copy " + copy, placement.paths().targetFolder(), placement.transfer().sizeBytes());
    boolean whole = false;
    try {
      DigestedSlice bad = copyTo(placement, copy);
      if (bad != null) {
        throw stagedState.revoked(placement, List.of(bad));
      }
      targetState.requireSourceDigest(placement, copy);
      whole = true;
    } catch (IOException e) {
      throw DiskErrors.writing("copy of %s to %s".formatted(placement.staged().part(), copy), e);
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
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      DigestedSlice bad =
          new SlicePass(from, 0, placement.cancellation())
              .firstBad(
                  placement.file().slices(),
                  (chunk, offset) -> FileBytes.writeFully(to, chunk, offset));
      if (bad == null) {
        to.force(true);
      }
      return bad;
    }
  }

  private void publish(Placement placement, Path ready, @Nullable TargetStamp found)
      throws IOException {
    Path target = placement.target();
    keepAccess(target, ready);
    DurableFiles.forceFile(ready);
    placement.cancellation().check();
    targetState.requireUnmoved(placement);
    placement
        .paths()
        .record()
        .write(
            new PlacingRecord(
                PlacingRecord.Step.RENAME_BEGUN,
                target.toString(),
                FileSystems.inode(ready),
                placement.transfer().sizeBytes(),
                0,
                modifiedNs(ready)));
    steps.accept(PlacingStep.RENAME_RECORDED);
    placement.cancellation().check();
    targetState.requireAsFound(placement, found);
    giveName(placement, ready, found);
    steps.accept(PlacingStep.RENAMED);
    DurableFiles.forceFolder(placement.paths().targetFolder());
  }

  private static void giveName(Placement placement, Path ready, @Nullable TargetStamp found)
      throws IOException {
    if (found != null) {
      AtomicFile.moveOver(ready, placement.target());
      return;
    }
    try {
      AtomicFile.moveToNew(ready, placement.target());
    } catch (FileAlreadyExistsException e) {
      throw placement.targetChanged("made just now", "nothing there");
    }
  }

  /** The new file's owner, group and permissions become the old one's, as far as we may. */
  private static void keepAccess(Path target, Path ready) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    PosixFileAttributes old =
        Files.readAttributes(target, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view =
        Files.getFileAttributeView(ready, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    bestEffort(target, () -> view.setOwner(old.owner()));
    bestEffort(target, () -> view.setGroup(old.group()));
    bestEffort(target, () -> Files.setPosixFilePermissions(ready, old.permissions()));
  }

  private interface Change {
    void make() throws IOException;
  }

  private static void bestEffort(Path target, Change change) {
    try {
      change.make();
    } catch (IOException e) {
      LOG.debug("placing.access_not_kept target={} error={}", target, e.getMessage());
    }
  }

  private static long modifiedNs(Path file) throws IOException {
    return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).to(TimeUnit.NANOSECONDS);
  }
}
