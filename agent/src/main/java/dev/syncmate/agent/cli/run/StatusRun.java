// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.BucketUsage;
import dev.syncmate.agent.cli.terminal.StatusReport;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import dev.syncmate.schema.Status;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Asks how far everything is. */
public final class StatusRun {
  private static final int LISTINGS_AT_ONCE = 1;

  private StatusRun() {}

  /**
   * Asks the coordinator and lists the bucket. Blocks.
   *
   * @param coordinator null: it is not asked
   */
  public static StatusReport run(StoreConfig bucket, @Nullable CoordinatorConfig coordinator) {
    Vertx vertx = Wiring.vertx();
    try {
      Status status = coordinator == null ? null : ask(vertx, coordinator);
      return new StatusReport(status, list(vertx, bucket));
    } finally {
      vertx.close().await();
    }
  }

  private static Status ask(Vertx vertx, CoordinatorConfig config) {
    try (Coordinator coordinator = Wiring.briefCoordinator(vertx, config)) {
      return coordinator.status().await();
    }
  }

  private static BucketUsage list(Vertx vertx, StoreConfig config) {
    long objects = 0;
    long bytes = 0;
    String continuation = null;
    try (ObjectStore store = Wiring.store(vertx, config, LISTINGS_AT_ONCE)) {
      do {
        ObjectPage page = store.list("", continuation).await();
        objects += page.objects().size();
        bytes += page.objects().stream().mapToLong(ObjectInfo::sizeBytes).sum();
        continuation = page.continuation();
      } while (continuation != null);
    }
    return new BucketUsage(config.bucket(), objects, bytes);
  }
}
