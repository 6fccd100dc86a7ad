// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Why nothing was handed out. Wire shape: wait.schema.json. */
public record Wait(WaitReason reason, int retryAfterMs) {}
