// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Objects that may be deleted. Wire shape: garbage-reply.schema.json. */
public record GarbageReply(List<String> objectKeys) {
  /** Copies the lists. */
  public GarbageReply {
    objectKeys = List.copyOf(objectKeys);
  }
}
