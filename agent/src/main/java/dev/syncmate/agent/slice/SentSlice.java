// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import org.jspecify.annotations.Nullable;

/** A slice as it was sent, and what its source was then, where that is known. */
public record SentSlice(DigestedSlice slice, @Nullable SourceStamp stamp) {}
