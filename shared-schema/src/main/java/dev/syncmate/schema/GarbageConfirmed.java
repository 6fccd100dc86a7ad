// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Answer to garbage-deleted. Wire shape: garbage-confirmed.schema.json. */
public record GarbageConfirmed(long creditedBytes) {}
