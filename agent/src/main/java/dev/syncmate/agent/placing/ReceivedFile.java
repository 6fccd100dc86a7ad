// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.StagedTransfer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file whose slices were all received, and what is known of its bytes.
 *
 * @param slices cover the transfer, in order
 * @param planned what the plan saw at the target; of a repair the SHA-256 of the damaged slice
 */
public record ReceivedFile(
    StagedTransfer transfer, List<DigestedSlice> slices, Source source, Planned planned) {
  /**
   * Where it comes from.
   *
   * @param path for messages only
   * @param digest sample digest of the whole file, null for unknown
   * @param metadata what a new file takes over, null for unknown
   */
  public record Source(String path, @Nullable String digest, @Nullable FileMetadata metadata) {}

  /**
   * The target as it was when the plan was made; null is unknown, or no such file.
   *
   * @param digest sample digest of all of it
   */
  public record Planned(@Nullable Long sizeBytes, @Nullable String digest) {
    /** Whether it may have been of that size. */
    boolean isSize(long foundBytes) {
      return sizeBytes == null || sizeBytes == foundBytes;
    }

    @Override
    public String toString() {
      return (sizeBytes == null ? "" : sizeBytes + " bytes, ") + "sample digest " + digest;
    }
  }

  /** Refuses slices that do not cover the transfer exactly. */
  public ReceivedFile {
    slices = List.copyOf(slices);
    long at = transfer.offsetBytes();
    for (DigestedSlice slice : slices) {
      if (slice.range().offsetBytes() != at) {
        throw untiled(source, "slice at %d".formatted(slice.range().offsetBytes()), at);
      }
      at = slice.range().endBytes();
    }
    if (at != transfer.sizeBytes()) {
      throw untiled(source, "slices end at %d".formatted(at), transfer.sizeBytes());
    }
  }

  private static TransferException untiled(Source source, String found, long expected) {
    return new TransferException(
        Reason.TRANSFER_INVALID,
        "file %s: %s (expected: %d); its slices must cover it exactly, report this"
            .formatted(source.path(), found, expected));
  }
}
