// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file transfer. Wire shape: file-status.schema.json. */
public record FileStatus(
    String fileId,
    String jobId,
    String virtualPath,
    String sourcePath,
    @Nullable String targetPath,
    PlanMode mode,
    FileState state,
    long sizeBytes,
    @Nullable String lastError,
    List<HostFailure> failures) {
  /** Copies the lists. */
  public FileStatus {
    failures = List.copyOf(failures);
  }
}
