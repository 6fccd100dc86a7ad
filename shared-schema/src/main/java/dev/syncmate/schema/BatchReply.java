// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/**
 * Answers to a batch, one an item, in the order of the request. Wire shape:
 * batch-reply.schema.json.
 */
public record BatchReply(List<ItemResult> results) {
  /** Copies the lists. */
  public BatchReply {
    results = List.copyOf(results);
  }
}
