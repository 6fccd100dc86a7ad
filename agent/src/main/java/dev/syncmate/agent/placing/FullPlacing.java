// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.DurableFiles;
import dev.syncmate.agent.staging.StagedSlices;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.SliceDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

  private final TargetPaths targets;
  private final StagedCheck check;
  private final Consumer<PlacingStep> steps;

  FullPlacing(TargetPaths targets, StagedCheck check, Consumer<PlacingStep> steps) {
    this.targets = targets;
    this.check = check;
    this.steps = steps;
  }

  void place(Placement placement) throws IOException {
    PlacingRecord record = placement.record().readFor(placement);
    if (record != null && isRenamed(placement, record)) {
      DurableFiles.forceFolder(placement.targetFolder());
      return;
    }
    createIfEmpty(placement);
    StagedSlices slices = check.requireVerified(placement);
    requireReplaceable(placement);
    DurableFiles.createFolders(placement.targetFolder());
    steps.accept(PlacingStep.CHECKED);
    Path part = placement.staged().part();
    if (DurableFiles.device(part) == DurableFiles.device(placement.targetFolder())) {
      check.requireSettled(placement, slices);
      check.requireSourceDigest(placement, part);
      try {
        publish(placement, part);
        return;
      } catch (AtomicMoveNotSupportedException e) {
        LOG.info("placing.copy target={} reason={}", placement.target(), e.getReason());
      }
    }
    publish(placement, copy(placement));
  }

  /** Whether an earlier attempt came past the rename. */
  private boolean isRenamed(Placement placement, PlacingRecord record) throws IOException {
    Path target = placement.target();
    if (DurableFiles.inode(target) != record.inode()) {
      return false;
    }
    // The number may be that of another file only if ours is gone, and then the times differ.
    if (Files.size(target) == record.sizeBytes() && modifiedNs(target) == record.modifiedNs()) {
      return true;
    }
    if (check.isPlaced(placement)) {
      return true;
    }
    if (check.isStaged(placement)) {
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

  private void requireReplaceable(Placement placement) throws IOException {
    Path target = placement.target();
    String planned = placement.file().targetDigest();
    if (planned == null || !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!check.hasDigest(target, planned)
        && !check.hasDigest(target, placement.file().sourceDigest())) {
      throw placement.targetChanged("another sample digest than planned", planned);
    }
  }

  private Path copy(Placement placement) throws IOException {
    Path copy = placement.besideTarget().copy();
    Staging.createFolder(placement.besideTarget().folder());
    Files.deleteIfExists(copy);
    long sizeBytes = placement.transfer().sizeBytes();
    long freeBytes = Staging.usableBytes(placement.targetFolder());
    if (freeBytes < sizeBytes) {
      throw DiskErrors.noSpace("copy " + copy, sizeBytes, freeBytes);
    }
    boolean whole = false;
    try {
      SliceDigest bad = copyTo(placement, copy);
      if (bad != null) {
        throw check.revoked(placement, List.of(bad));
      }
      check.requireSourceDigest(placement, copy);
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

  private static @Nullable SliceDigest copyTo(Placement placement, Path copy) throws IOException {
    try (FileChannel from = StagedCheck.read(placement.staged().part());
        FileChannel to =
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      SliceDigest bad =
          new SlicePass(from, 0, placement.cancellation())
              .firstBad(placement.file().slices(), (chunk, offset) -> write(to, chunk, offset));
      if (bad == null) {
        to.force(true);
      }
      return bad;
    }
  }

  private static void write(FileChannel to, ByteBuffer chunk, long offset) throws IOException {
    long at = offset;
    while (chunk.hasRemaining()) {
      at += to.write(chunk, at);
    }
  }

  private void publish(Placement placement, Path ready) throws IOException {
    Path target = placement.target();
    keepAccess(target, ready);
    DurableFiles.forceFile(ready);
    placement.cancellation().check();
    if (!targets.target(placement.transfer()).equals(target)) {
      throw new TransferException(
          Reason.TARGET_MOVED,
          "target %s leads elsewhere than when placing began; it is tried again".formatted(target));
    }
    placement
        .record()
        .write(
            new PlacingRecord(
                PlacingRecord.Step.RENAME_BEGUN,
                target.toString(),
                DurableFiles.inode(ready),
                placement.transfer().sizeBytes(),
                0,
                modifiedNs(ready)));
    steps.accept(PlacingStep.RENAME_RECORDED);
    placement.cancellation().check();
    Files.move(ready, target, StandardCopyOption.ATOMIC_MOVE);
    steps.accept(PlacingStep.RENAMED);
    DurableFiles.forceFolder(placement.targetFolder());
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
