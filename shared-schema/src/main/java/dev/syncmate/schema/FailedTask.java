// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A slice that was not moved. Wire shape: failed-task.schema.json. */
public record FailedTask(
    String taskId, long leaseEpoch, FailureKind kind, String reason, String detail) {}
