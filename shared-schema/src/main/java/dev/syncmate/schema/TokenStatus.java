// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A bearer token that was added. Wire shape: token-status.schema.json. */
public record TokenStatus(
    String tokenId, String name, TokenRole role, long createdAtMs, @Nullable Long revokedAtMs) {}
