// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** One file of a plan. Wire shape: planned-file.schema.json. */
public record PlannedFile(
    String virtualPath,
    String sourcePath,
    long sizeBytes,
    @Nullable String sourceDigest,
    @Nullable String targetPath,
    @Nullable Long targetSizeBytes,
    @Nullable String targetDigest,
    PlanMode mode,
    String destSub,
    String destName,
    String zone,
    @Nullable String publishGroup,
    @Nullable Integer publishOrder,
    @Nullable Long repairOffsetBytes,
    @Nullable String repairSha256,
    @Nullable String repairFoundSha256) {}
