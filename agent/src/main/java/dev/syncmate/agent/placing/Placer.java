// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.DurableFiles;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingFile;
import dev.syncmate.agent.staging.StagingLock;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TransferMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives verified files their final names, or existing files their tails.
 *
 * <p>Every call may be repeated, also after a crash at any point: what was done is recognised by
 * its record and its bytes, what was not is done. The record and staging stay until {@link
 * #forget}, which is for when the coordinator has accepted {@code placed}. A repeat even after that
 * reads the whole target and compares every slice's SHA-256 before it answers success.
 *
 * <p><b>Threads.</b> Any. Calls block, for as long as copying the file takes.
 *
 * <p><b>Errors.</b> {@link TransferException} only. Reasons: staging_lost (RESEND: the file starts
 * again, outcome {@code restart}), digest_mismatch, target_changed, target_refused,
 * placing_record_bad, transfer_invalid (FAIL_TASK), staging_busy, target_moved, no_space,
 * disk_error (RETRY), target_unavailable, disk_denied (OTHER_HOST), and the cause of a
 * cancellation.
 *
 * <p><b>Source.</b> Design section 10. Against a late loser of a lease that still runs, {@link
 * StagingLock} is the second guard; its limits on network file systems are said there.
 */
public final class Placer {
  private static final Logger LOG = LoggerFactory.getLogger(Placer.class);
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  private final Staging staging;
  private final TargetPaths targets;
  private final StagedCheck check;
  private final FullPlacing full;
  private final AppendPlacing append;
  private final Duration lockWait;

  public Placer(Staging staging, TargetPaths targets, FileDigest digest) {
    this(staging, targets, digest, step -> LOG.debug("placing.step step={}", step), LOCK_WAIT);
  }

  Placer(
      Staging staging,
      TargetPaths targets,
      FileDigest digest,
      Consumer<PlacingStep> steps,
      Duration lockWait) {
    this.staging = staging;
    this.targets = targets;
    this.check = new StagedCheck(staging, digest);
    this.full = new FullPlacing(targets, check, steps);
    this.append = new AppendPlacing(targets, check, steps);
    this.lockWait = lockWait;
  }

  /** Places the file; returns when it is durable under its final name. */
  public void place(PlacingFile file, Cancellation cancellation) {
    StagedTransfer transfer = StagedTransfer.of(file);
    requireTiling(file);
    cancellation.check();
    Placement placement =
        new Placement(
            file, transfer, staging.file(transfer), targets.target(transfer), cancellation);
    try {
      placeLocked(placement);
    } catch (IOException e) {
      throw DiskErrors.writing("placing " + placement.target(), e);
    }
    LOG.debug("placing.placed target={} bytes={}", placement.target(), transfer.sizeBytes());
  }

  /**
   * Deletes what is left of the transfer in staging. An append that was begun and not finished is
   * kept: only its record tells our bytes in the target from foreign ones.
   */
  public void forget(PlacingFile file) {
    StagedTransfer transfer = StagedTransfer.of(file);
    StagingFile staged = staging.file(transfer);
    if (!isFolder(staged.folder())) {
      return;
    }
    Placement placement =
        new Placement(file, transfer, staged, targets.target(transfer), new Cancellation());
    try {
      try (StagingLock.Hold hold = tryLock(placement)) {
        requireLocked(hold, placement);
        PlacingRecord record = placement.record().read();
        if (record != null && record.step() == PlacingRecord.Step.APPEND_BEGUN) {
          LOG.warn("placing.kept record={} target={}", staged.placing(), record.target());
          return;
        }
        deleteAll(placement);
      }
      DurableFiles.removeIfEmpty(placement.besideTarget().folder());
      DurableFiles.removeIfEmpty(staged.folder());
    } catch (IOException e) {
      throw DiskErrors.writing("clearing staging of " + placement.target(), e);
    }
  }

  private void placeLocked(Placement placement) throws IOException {
    if (!isFolder(placement.staged().folder())) {
      if (placement.transfer().stagedBytes() > 0 || check.isPlaced(placement)) {
        requirePlaced(placement);
        return;
      }
      Staging.createFolder(placement.staged().folder());
    }
    try (StagingLock.Hold hold = tryLock(placement)) {
      requireLocked(hold, placement);
      boolean known =
          check.isStaged(placement)
              || placement.transfer().stagedBytes() == 0
              || placement.record().read() != null;
      if (!known) {
        // Nothing of it is in staging, so no lock file is left there either.
        Files.deleteIfExists(placement.staged().lock());
        requirePlaced(placement);
      } else if (placement.transfer().mode() == TransferMode.FULL) {
        full.place(placement);
      } else {
        append.place(placement);
      }
    }
  }

  /** For when staging is gone: either all was done and cleaned up, or it is lost. */
  private void requirePlaced(Placement placement) throws IOException {
    if (check.isPlaced(placement)) {
      DurableFiles.forceFile(placement.target());
      DurableFiles.forceFolder(placement.targetFolder());
      return;
    }
    if (placement.transfer().mode() == TransferMode.APPEND) {
      append.requirePlannedTarget(placement);
    }
    throw placement.stagingLost("nothing is there");
  }

  private void deleteAll(Placement placement) throws IOException {
    staging.discard(placement.transfer());
    Files.deleteIfExists(placement.staged().copy());
    Files.deleteIfExists(placement.besideTarget().copy());
    placement.record().deleteLeftover();
    // The record last: until then a repeat needs not read the whole target.
    Files.deleteIfExists(placement.staged().placing());
    Files.deleteIfExists(placement.staged().lock());
  }

  private StagingLock.@Nullable Hold tryLock(Placement placement) throws IOException {
    return StagingLock.exclusive(placement.staged().lock(), lockWait);
  }

  private static void requireLocked(StagingLock.@Nullable Hold hold, Placement placement) {
    if (hold == null) {
      throw new TransferException(
          Reason.STAGING_BUSY,
          "staging file %s: an agent still writes or places it (expected: free); it is tried again"
              .formatted(placement.staged().part()));
    }
  }

  private static void requireTiling(PlacingFile file) {
    long at = file.transferOffsetBytes();
    for (SliceDigest slice : file.slices()) {
      if (slice.offsetBytes() != at || slice.lengthBytes() < 0) {
        throw untiled(file, "slice at %d".formatted(slice.offsetBytes()), at);
      }
      at += slice.lengthBytes();
    }
    if (at != file.sizeBytes()) {
      throw untiled(file, "slices end at %d".formatted(at), file.sizeBytes());
    }
  }

  private static TransferException untiled(PlacingFile file, String found, long expected) {
    return new TransferException(
        Reason.TRANSFER_INVALID,
        "file %s (%s): %s (expected: %d); its slices must cover it exactly, report this"
            .formatted(file.fileId(), file.virtualPath(), found, expected));
  }

  private static boolean isFolder(Path folder) {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
  }
}
