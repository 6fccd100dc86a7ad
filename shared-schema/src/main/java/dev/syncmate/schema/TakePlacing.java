// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Takes files to place. Wire shape: take-placing.schema.json. */
public record TakePlacing(String sessionId, String requestId, int maxFiles) {}
