// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** Asks for a job whose objects are to be looked through. Wire shape: take-sweep.schema.json. */
public record TakeSweep(String sessionId, String requestId, @Nullable Boolean leaving) {}
