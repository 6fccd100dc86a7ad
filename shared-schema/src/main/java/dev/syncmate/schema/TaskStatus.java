// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task. Wire shape: task-status.schema.json. */
public record TaskStatus(
    String taskId,
    String fileId,
    String jobId,
    String virtualPath,
    TaskState state,
    long leaseEpoch,
    long offsetBytes,
    long lengthBytes,
    int attempts,
    @Nullable String sender,
    @Nullable String receiver,
    @Nullable String objectKey,
    @Nullable String lastError,
    List<HostFailure> failures) {
  /** Copies the lists. */
  public TaskStatus {
    failures = List.copyOf(failures);
  }
}
