// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.util.regex.Pattern;

/**
 * Tells the transfers of a host apart: a job's id, and a number that the transfer has within it.
 * The same in every run, so that a later one finds what an earlier one staged.
 */
public record StagingId(String jobId, String number) {
  private static final Pattern JOB_ID = Pattern.compile("[0-9a-f]{16,64}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
  private static final int JOB_PREFIX_LENGTH = 16;

  /** Refuses what must not become a file name. */
  public StagingId {
    if (!JOB_ID.matcher(jobId).matches() || !NUMBER.matcher(number).matches()) {
      throw new TransferException(
          Reason.TRANSFER_INVALID,
          "job id %s, file id %s (expected: hex, digits)".formatted(jobId, number));
    }
  }

  /** Name of its files in staging, without the ending. */
  String fileName() {
    return jobId.substring(0, JOB_PREFIX_LENGTH) + "-" + number;
  }
}
