// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** Answer to one item of a batch. Wire shape: item-result.schema.json. */
public record ItemResult(String id, ItemOutcome outcome, @Nullable Problem problem) {}
