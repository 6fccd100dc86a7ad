// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Objects that are confirmed gone. Wire shape: garbage-deleted.schema.json. */
public record GarbageDeleted(String sessionId, List<String> objectKeys) {
  /** Copies the lists. */
  public GarbageDeleted {
    objectKeys = List.copyOf(objectKeys);
  }
}
