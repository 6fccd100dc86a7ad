// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** What reading a file once more found. Wire shape: proved-item.schema.json. */
public record ProvedItem(
    String fileId, long leaseEpoch, ProvedOutcome outcome, @Nullable String detail) {}
