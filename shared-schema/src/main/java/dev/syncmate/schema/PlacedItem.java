// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** What came of placing. Wire shape: placed-item.schema.json. */
public record PlacedItem(
    String fileId,
    long leaseEpoch,
    PlacedOutcome outcome,
    @Nullable String detail,
    @Nullable String targetPath) {}
