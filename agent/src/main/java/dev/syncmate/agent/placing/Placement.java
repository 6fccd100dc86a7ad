// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagingFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file being placed: what, from where, to where. */
record Placement(ReceivedFile file, PlacingPaths paths, Cancellation cancellation) {
  StagedTransfer transfer() {
    return file.transfer();
  }

  StagingFile staged() {
    return paths.staged();
  }

  Path target() {
    return paths.target();
  }

  /** Whether the destination's profile has the file. */
  boolean isPlannedThere() {
    return transfer().target().path() != null;
  }

  TransferException targetChanged(String found, String expected) {
    return new TransferException(
        Reason.TARGET_CHANGED,
        "target %s: %s (expected: %s); nobody else may change it: look at it, then plan it anew"
            .formatted(target(), found, expected));
  }

  TransferException stagingLost(String what) {
    return new TransferException(
        Reason.STAGING_LOST,
        "staging of %s for %s: %s; its slices must be transferred again"
            .formatted(staged().part(), target(), what));
  }

  TransferException digestMismatch(Path of, @Nullable String found) {
    return new TransferException(
        Reason.DIGEST_MISMATCH,
        "%s for target %s: sample digest %s (expected: %s, of source %s); the source is not what its profile says: make a new profile"
            .formatted(of, target(), found, file.source().digest(), file.source().path()));
  }
}
