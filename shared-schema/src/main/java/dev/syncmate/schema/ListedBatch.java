// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** A page of a sweep: objects that lie in the bucket. Wire shape: listed-batch.schema.json. */
public record ListedBatch(String sessionId, String jobId, List<ListedObject> objects) {
  /** Copies the lists. */
  public ListedBatch {
    objects = List.copyOf(objects);
  }
}
