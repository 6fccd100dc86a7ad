// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A lease on a whole file that the agent believes it holds. Wire shape: held-file.schema.json. */
public record HeldFile(String fileId, long leaseEpoch) {}
