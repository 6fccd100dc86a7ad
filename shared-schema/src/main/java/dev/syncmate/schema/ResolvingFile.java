// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A file whose prefix is to be compared. Wire shape: resolving-file.schema.json. */
public record ResolvingFile(
    String fileId,
    String jobId,
    long leaseEpoch,
    String virtualPath,
    String sourcePath,
    long sizeBytes,
    @Nullable String sourceDigest,
    long targetSizeBytes,
    @Nullable String targetDigest) {}
