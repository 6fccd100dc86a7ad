// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file whose slices are all verified in staging. Wire shape: placing-file.schema.json. */
public record PlacingFile(
    String fileId,
    String jobId,
    long leaseEpoch,
    String virtualPath,
    TransferMode mode,
    String sourcePath,
    long sizeBytes,
    @Nullable String sourceDigest,
    long transferOffsetBytes,
    @Nullable String targetPath,
    @Nullable String targetDigest,
    @Nullable Long targetSizeBytes,
    @Nullable String sourceMetadata,
    String destSub,
    String destName,
    @Nullable String repairFoundSha256,
    List<SliceDigest> slices) {
  /** Copies the lists. */
  public PlacingFile {
    slices = List.copyOf(slices);
  }
}
