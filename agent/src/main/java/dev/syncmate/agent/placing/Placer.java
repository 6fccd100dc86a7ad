// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.OpenStaging;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingFile;
import dev.syncmate.agent.staging.StagingLock;
import java.io.IOException;
import java.nio.file.Files;
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
  private final RepairPlacing repair;
  private final Duration lockWait;

  /**
   * @param preserves whether new files get the metadata of their sources
   */
  public Placer(Staging staging, FileDigest digest, boolean preserves) {
    this(
        staging,
        digest,
        new Options(preserves, step -> LOG.debug("placing.step step={}", step), LOCK_WAIT));
  }

  Placer(Staging staging, FileDigest digest, Options options) {
    StagedState staged = new StagedState(staging);
    this.staging = staging;
    this.target = new TargetState(staging, digest);
    this.full = new FullPlacing(staged, target, options);
    this.append = new AppendPlacing(staged, target, options.steps());
    this.repair = new RepairPlacing(staged, target, options.steps());
    this.lockWait = options.lockWait();
  }

  /**
   * How files are placed.
   *
   * @param preserves whether new files get the metadata of their sources
   * @param steps is told each step
   */
  record Options(boolean preserves, Consumer<PlacingStep> steps, Duration lockWait) {}

  /**
   * Places the file; returns when it is durable under its final name, as all hosts call it: before
   * path maps and symlinks.
   */
  public String place(ReceivedFile file, Cancellation cancellation) {
    cancellation.check();
    Path target = staging.target(file.transfer());
    try (PlacingPaths paths = PlacingPaths.open(staging, file.transfer())) {
      placeLocked(new Placement(file, paths, cancellation));
    } catch (IOException e) {
      throw DiskErrors.writing("placing " + target, e);
    }
    LOG.debug("placing.placed target={} bytes={}", target, file.transfer().sizeBytes());
    return staging.name(file.transfer());
  }

  /**
   * Deletes what is left of the transfer in staging. An append that was begun and not finished is
   * kept: only its record tells our bytes in the target from foreign ones.
   */
  public void forget(StagedTransfer transfer) {
    if (staging.open(transfer).map(Placer::closed).isEmpty()) {
      return;
    }
    Path target = staging.target(transfer);
    try (PlacingPaths paths = PlacingPaths.open(staging, transfer)) {
      forget(transfer, paths);
    } catch (IOException e) {
      throw DiskErrors.writing("clearing staging of " + target, e);
    }
  }

  private void forget(StagedTransfer transfer, PlacingPaths paths) throws IOException {
    try (StagingLock.Hold hold = tryLock(paths.staged())) {
      requireLocked(hold, paths.staged());
      PlacingRecord record = paths.record().read();
      if (record != null && record.step() == PlacingRecord.Step.APPEND_BEGUN) {
        LOG.warn("placing.kept record={} target={}", paths.record().named(), record.target());
        return;
      }
      deleteAll(transfer, paths);
    }
    paths.staged().removeFolderIfEmpty();
  }

  private static boolean closed(OpenStaging open) {
    open.close();
    return true;
  }

  private void placeLocked(Placement placement) throws IOException {
    OpenStaging staged = placement.paths().staged();
    boolean known;
    try (StagingLock.Hold hold = tryLock(staged)) {
      requireLocked(hold, staged);
      known = isKnown(placement);
      if (!known) {
        // Nothing of it is in staging, so no lock file is left there either.
        Files.deleteIfExists(placement.staged().lock());
      } else {
        placeAs(placement.transfer().mode(), placement);
      }
    }
    if (!known) {
      staged.removeFolderIfEmpty();
      requirePlaced(placement);
    }
  }

  private boolean isKnown(Placement placement) throws IOException {
    return StagedState.isStaged(placement)
        || placement.paths().record().read() != null
        || (placement.transfer().stagedBytes() == 0 && !target.isPlaced(placement));
  }

  private void placeAs(Mode mode, Placement placement) throws IOException {
    switch (mode) {
      case FULL -> full.place(placement);
      case APPEND -> append.place(placement);
      case REPAIR -> repair.place(placement);
    }
  }

  /** For when staging is gone: either all was done and cleaned up, or it is lost. */
  private void requirePlaced(Placement placement) throws IOException {
    if (target.isPlaced(placement)) {
      DurableFiles.forceFile(placement.at());
      DurableFiles.forceFolder(placement.paths().targetFolder().path());
      return;
    }
    if (placement.transfer().mode() == Mode.APPEND) {
      append.requirePlannedTarget(placement);
    }
    throw placement.stagingLost("nothing is there");
  }

  private void deleteAll(StagedTransfer transfer, PlacingPaths paths) throws IOException {
    StagingFile staged = paths.staged().file();
    staging.discard(transfer);
    Files.deleteIfExists(staged.copy());
    paths.deleteCopyBesideTarget();
    paths.record().deleteLeftover();
    // The record last: until then a repeat needs not read the whole target.
    Files.deleteIfExists(staged.placing());
    Files.deleteIfExists(staged.lock());
  }

  private StagingLock.@Nullable Hold tryLock(OpenStaging staged) throws IOException {
    return StagingLock.exclusive(staged.file().lock(), lockWait);
  }

  private static void requireLocked(StagingLock.@Nullable Hold hold, OpenStaging staged) {
    if (hold == null) {
      throw new TransferException(
          Reason.STAGING_BUSY,
          "staging file %s: an agent still writes or places it (expected: free); it is tried again"
              .formatted(staged.named().part()));
    }
  }
}
