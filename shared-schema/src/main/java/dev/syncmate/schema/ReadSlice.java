// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A slice as it was read from the source. Wire shape: read-slice.schema.json. */
public record ReadSlice(
    long offsetBytes, long lengthBytes, String sha256, @Nullable String sourceStamp) {}
