// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.TransferMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file transfer, as far as the destination needs to know it: bytes {@code [offsetBytes,
 * sizeBytes)} of the source go to the target.
 */
public record StagedTransfer(
    String jobId,
    String fileId,
    TransferMode mode,
    long offsetBytes,
    long sizeBytes,
    @Nullable String targetPath,
    String destSub,
    String destName) {
  private static final Pattern JOB_ID = Pattern.compile("[0-9a-f]{16,64}");
  private static final Pattern FILE_ID = Pattern.compile("[0-9]{1,15}");
  private static final int JOB_PREFIX_LENGTH = 16;

  /** Refuses ids that must not become file names and ranges that make no sense. */
  public StagedTransfer {
    if (!JOB_ID.matcher(jobId).matches() || !FILE_ID.matcher(fileId).matches()) {
      throw bad("job id %s, file id %s (expected: hex, digits)".formatted(jobId, fileId));
    }
    if (offsetBytes < 0 || sizeBytes < offsetBytes) {
      throw bad(
          "file %s: transfer from byte %d of %d (expected: 0 <= offset <= size)"
              .formatted(fileId, offsetBytes, sizeBytes));
    }
    if (mode == TransferMode.FULL && offsetBytes != 0) {
      throw bad("file %s: full from byte %d (expected: 0)".formatted(fileId, offsetBytes));
    }
  }

  /** The transfer that the leased slice is a part of. */
  public static StagedTransfer of(Lease lease) {
    return new StagedTransfer(
        lease.jobId(),
        lease.fileId(),
        lease.mode(),
        lease.transferOffsetBytes(),
        lease.sourceSizeBytes(),
        lease.targetPath(),
        lease.destSub(),
        lease.destName());
  }

  /** The transfer that is to be placed. */
  public static StagedTransfer of(PlacingFile file) {
    return new StagedTransfer(
        file.jobId(),
        file.fileId(),
        file.mode(),
        file.transferOffsetBytes(),
        file.sizeBytes(),
        file.targetPath(),
        file.destSub(),
        file.destName());
  }

  /** Bytes that the staging file holds once all slices are there. */
  public long stagedBytes() {
    return sizeBytes - offsetBytes;
  }

  /** Name of its files in staging, without the ending. */
  public String stagingId() {
    return jobId.substring(0, JOB_PREFIX_LENGTH) + "-" + fileId;
  }

  private static TransferException bad(String message) {
    return new TransferException(Reason.TRANSFER_INVALID, message);
  }
}
