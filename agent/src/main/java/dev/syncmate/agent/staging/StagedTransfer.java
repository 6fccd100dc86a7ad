// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceRange;

/**
 * A file transfer, as far as the destination needs to know it: bytes {@code [offsetBytes,
 * sizeBytes)} of the source go to the target.
 */
public record StagedTransfer(
    StagingId id, Mode mode, long offsetBytes, long sizeBytes, PlannedTarget target) {
  /** How the target changes. */
  public enum Mode {
    /** The whole file takes the target's place. */
    FULL,
    /** The target gets a tail. */
    APPEND,
    /** One slice of the target is written over. */
    REPAIR
  }

  /** Refuses ranges that make no sense. */
  public StagedTransfer {
    if (offsetBytes < 0 || sizeBytes < offsetBytes) {
      throw bad(
          "file %s: transfer from byte %d of %d (expected: 0 <= offset <= size)"
              .formatted(id.number(), offsetBytes, sizeBytes));
    }
    if (mode == Mode.FULL && offsetBytes != 0) {
      throw bad("file %s: full from byte %d (expected: 0)".formatted(id.number(), offsetBytes));
    }
  }

  /** Bytes that the staging file holds once all slices are there. */
  public long stagedBytes() {
    return sizeBytes - offsetBytes;
  }

  /** Refuses a slice that is no part of it. */
  void requirePart(SliceRange slice) {
    if (slice.offsetBytes() < offsetBytes || slice.endBytes() > sizeBytes) {
      throw bad(
          "file %s: slice [%d, %d) (expected: within [%d, %d) of the transfer)"
              .formatted(
                  id.number(), slice.offsetBytes(), slice.endBytes(), offsetBytes, sizeBytes));
    }
  }

  private static TransferException bad(String message) {
    return new TransferException(Reason.TRANSFER_INVALID, message);
  }
}
