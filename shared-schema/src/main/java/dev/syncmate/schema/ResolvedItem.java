// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** What the check found. Wire shape: resolved-item.schema.json. */
public record ResolvedItem(
    String fileId, long leaseEpoch, Verdict verdict, @Nullable String detail) {}
