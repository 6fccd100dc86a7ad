// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import org.jspecify.annotations.Nullable;

/** What lies in a bucket. */
record BucketUsage(String name, long objects, long bytes) {
  /** Lists all pages. Blocks; not for an event loop. */
  static BucketUsage of(String name, ObjectStore store) {
    long objects = 0;
    long bytes = 0;
    @Nullable String continuation = null;
    do {
      ObjectPage page = store.list("", continuation).await();
      objects += page.objects().size();
      bytes += page.objects().stream().mapToLong(ObjectStore.ObjectInfo::sizeBytes).sum();
      continuation = page.continuation();
    } while (continuation != null);
    return new BucketUsage(name, objects, bytes);
  }
}
