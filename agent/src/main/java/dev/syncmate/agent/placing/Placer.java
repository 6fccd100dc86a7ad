// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingFile;
import dev.syncmate.agent.staging.StagingLock;
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
  private final TargetState target;
  private final FullPlacing full;
  private final AppendPlacing append;
  private final Duration lockWait;

  public Placer(Staging staging, FileDigest digest) {
    this(staging, digest, step -> LOG.debug("placing.step step={}", step), LOCK_WAIT);
  }

  Placer(Staging staging, FileDigest digest, Consumer<PlacingStep> steps, Duration lockWait) {
    StagedState staged = new StagedState(staging);
    this.staging = staging;
    this.target = new TargetState(staging, digest);
    this.full = new FullPlacing(staged, target, steps);
    this.append = new AppendPlacing(staged, target, steps);
    this.lockWait = lockWait;
  }

  /** Places the file; returns when it is durable under its final name. */
  public void place(ReceivedFile file, Cancellation cancellation) {
    cancellation.check();
    PlacingPaths paths = PlacingPaths.of(staging, file.transfer());
    try {
      placeLocked(new Placement(file, paths, cancellation));
    } catch (IOException e) {
      throw DiskErrors.writing("placing " + paths.target(), e);
    }
    LOG.debug("placing.placed target={} bytes={}", paths.target(), file.transfer().sizeBytes());
  }

  /**
   * Deletes what is left of the transfer in staging. An append that was begun and not finished is
   * kept: only its record tells our bytes in the target from foreign ones.
   */
  public void forget(StagedTransfer transfer) {
    StagingFile staged = staging.file(transfer);
    if (!isFolder(staged.folder())) {
      return;
    }
    PlacingPaths paths = PlacingPaths.of(staging, transfer);
    try {
      try (StagingLock.Hold hold = tryLock(staged)) {
        requireLocked(hold, staged);
        PlacingRecord record = paths.record().read();
        if (record != null && record.step() == PlacingRecord.Step.APPEND_BEGUN) {
          LOG.warn("placing.kept record={} target={}", staged.placing(), record.target());
          return;
        }
        deleteAll(transfer, paths);
      }
      DurableFiles.removeIfEmpty(paths.besideTarget().folder());
      DurableFiles.removeIfEmpty(staged.folder());
    } catch (IOException e) {
      throw DiskErrors.writing("clearing staging of " + paths.target(), e);
    }
  }

  private void placeLocked(Placement placement) throws IOException {
    if (!isFolder(placement.staged().folder())) {
      if (placement.transfer().stagedBytes() > 0 || target.isPlaced(placement)) {
        requirePlaced(placement);
        return;
      }
      Staging.createFolder(placement.staged().folder());
    }
    try (StagingLock.Hold hold = tryLock(placement.staged())) {
      requireLocked(hold, placement.staged());
      boolean known =
          StagedState.isStaged(placement)
              || placement.transfer().stagedBytes() == 0
              || placement.paths().record().read() != null;
      if (!known) {
        // Nothing of it is in staging, so no lock file is left there either.
        Files.deleteIfExists(placement.staged().lock());
        requirePlaced(placement);
      } else if (placement.transfer().mode() == Mode.FULL) {
        full.place(placement);
      } else {
        append.place(placement);
      }
    }
  }

  /** For when staging is gone: either all was done and cleaned up, or it is lost. */
  private void requirePlaced(Placement placement) throws IOException {
    if (target.isPlaced(placement)) {
      DurableFiles.forceFile(placement.target());
      DurableFiles.forceFolder(placement.paths().targetFolder());
      return;
    }
    if (placement.transfer().mode() == Mode.APPEND) {
      append.requirePlannedTarget(placement);
    }
    throw placement.stagingLost("nothing is there");
  }

  private void deleteAll(StagedTransfer transfer, PlacingPaths paths) throws IOException {
    staging.discard(transfer);
    Files.deleteIfExists(paths.staged().copy());
    Files.deleteIfExists(paths.besideTarget().copy());
    paths.record().deleteLeftover();
    // The record last: until then a repeat needs not read the whole target.
    Files.deleteIfExists(paths.staged().placing());
    Files.deleteIfExists(paths.staged().lock());
  }

  private StagingLock.@Nullable Hold tryLock(StagingFile staged) throws IOException {
    return StagingLock.exclusive(staged.lock(), lockWait);
  }

  private static void requireLocked(StagingLock.@Nullable Hold hold, StagingFile staged) {
    if (hold == null) {
      throw new TransferException(
          Reason.STAGING_BUSY,
          "staging file %s: an agent still writes or places it (expected: free); it is tried again"
              .formatted(staged.part()));
    }
  }

  private static boolean isFolder(Path folder) {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
  }
}
