// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Takes objects that may be deleted. Wire shape: garbage-take.schema.json. */
public record GarbageTake(String sessionId, int maxObjects) {}
