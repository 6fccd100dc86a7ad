// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagingFile;
import dev.syncmate.schema.PlacingFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file being placed: what, from where, to where. */
record Placement(
    PlacingFile file,
    StagedTransfer transfer,
    StagingFile staged,
    Path target,
    Cancellation cancellation) {

  PlacingRecordFile record() {
    return new PlacingRecordFile(staged.placing());
  }

  Path targetFolder() {
    Path parent = target.getParent();
    if (parent == null) {
      throw new IllegalStateException("target %s has no folder".formatted(target));
    }
    return parent;
  }

  /** Its staging files on the target's file system. */
  StagingFile besideTarget() {
    return new StagingFile(targetFolder().resolve(StagingFile.FOLDER_NAME), transfer.stagingId());
  }

  TransferException targetChanged(String found, String expected) {
    return new TransferException(
        Reason.TARGET_CHANGED,
        "target %s: %s (expected: %s); nobody else may change it: look at it, then plan it anew"
            .formatted(target, found, expected));
  }

  TransferException stagingLost(String what) {
    return new TransferException(
        Reason.STAGING_LOST,
        "staging of %s for %s: %s; its slices must be transferred again"
            .formatted(staged.part(), target, what));
  }

  TransferException digestMismatch(Path of, @Nullable String found) {
    return new TransferException(
        Reason.DIGEST_MISMATCH,
        "%s for target %s: sample digest %s (expected: %s, of source %s); the source is not what its profile says: make a new profile"
            .formatted(of, target, found, file.sourceDigest(), file.sourcePath()));
  }
}
