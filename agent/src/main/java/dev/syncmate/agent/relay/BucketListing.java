// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What lies in the bucket at one moment. */
record BucketListing(Map<String, ObjectInfo> objects, long bytes) {
  /** Lists the bucket; waits for it. */
  static BucketListing of(ObjectStore store) {
    Map<String, ObjectInfo> objects = new HashMap<>();
    long bytes = 0;
    String continuation = null;
    do {
      ObjectPage page = store.list("", continuation).await();
      for (ObjectInfo object : page.objects()) {
        objects.put(object.key(), object);
        bytes += object.sizeBytes();
      }
      continuation = page.continuation();
    } while (continuation != null);
    return new BucketListing(Map.copyOf(objects), bytes);
  }

  @Nullable ObjectInfo find(RelayTask task) {
    return objects.get(task.key());
  }

  boolean holds(RelayTask task) {
    ObjectInfo found = find(task);
    return found != null && found.sizeBytes() == task.lengthBytes();
  }
}
