// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A slice that was moved. Wire shape: completed-task.schema.json. */
public record CompletedTask(
    String taskId,
    long leaseEpoch,
    String objectKey,
    long sizeBytes,
    String sha256,
    @Nullable String sourceMetadata,
    @Nullable String sourceStamp) {}
