// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.DiskFault;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagingFile;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file being placed: what, from where, to where. */
record Placement(ReceivedFile file, PlacingPaths paths, Cancellation cancellation) {
  StagedTransfer transfer() {
    return file.transfer();
  }

  StagingFile staged() {
    return paths.staged().file();
  }

  /** The target's name, for messages and records. */
  Path target() {
    return paths.target();
  }

  /** The target itself, in the folder that is open. */
  Path at() {
    return paths.at();
  }

  /** Whether the destination's profile has the file. */
  boolean isPlannedThere() {
    return transfer().target().path() != null;
  }

  /** Of a repair: the slice that is written over. */
  DigestedSlice onlySlice() {
    if (file.slices().size() != 1) {
      throw new TransferException(
          Reason.TRANSFER_INVALID,
          "repair of %s: %d slices (expected: 1); report this"
              .formatted(target(), file.slices().size()));
    }
    return file.slices().get(0);
  }

  /** Whether that is what was found in place of the slice when its repair was planned. */
  boolean isDamage(String sha256) {
    return sha256.equals(file.planned().digest());
  }

  TransferException targetChanged(String found, String expected) {
    return new TransferException(
        Reason.TARGET_CHANGED,
        "target %s: %s (expected: %s); nobody else may change it: look at it, then plan it anew"
            .formatted(target(), found, expected));
  }

  /** What a folder that can't be opened means. */
  static IOException movedOr(Path target, IOException error) {
    if (DiskFault.of(error) == DiskFault.NOT_A_FOLDER) {
      throw new TransferException(
          Reason.TARGET_MOVED,
          "target %s: a link or a file has come into its way; it is tried again".formatted(target),
          error);
    }
    return error;
  }

  TransferException stagingLost(String what) {
    return new TransferException(
        Reason.STAGING_LOST,
        "staging of %s for %s: %s; its slices must be transferred again"
            .formatted(paths.staged().named().part(), target(), what));
  }

  TransferException digestMismatch(String of, @Nullable String found) {
    return new TransferException(
        Reason.DIGEST_MISMATCH,
        "%s for target %s: sample digest %s (expected: %s, of source %s); the source is not what its profile says: make a new profile"
            .formatted(of, target(), found, file.source().digest(), file.source().path()));
  }
}
