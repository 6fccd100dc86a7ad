// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** Asks for slices of a file that the caller holds. Wire shape: slices-request.schema.json. */
public record SlicesRequest(
    String sessionId, String fileId, long leaseEpoch, @Nullable Integer after, int limit) {}
