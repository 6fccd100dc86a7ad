// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A leased task. Wire shape: lease.schema.json. */
public record Lease(
    String taskId,
    String fileId,
    String jobId,
    long leaseEpoch,
    String virtualPath,
    String sourcePath,
    long sourceSizeBytes,
    long offsetBytes,
    long lengthBytes,
    String objectKey,
    @Nullable String sha256,
    TransferMode mode,
    long transferOffsetBytes,
    @Nullable String targetPath,
    String destSub,
    String destName,
    @Nullable String sourceStamp) {}
