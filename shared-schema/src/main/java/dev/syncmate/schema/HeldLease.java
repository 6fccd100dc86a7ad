// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A lease that the agent believes it holds. Wire shape: held-lease.schema.json. */
public record HeldLease(String taskId, long leaseEpoch) {}
