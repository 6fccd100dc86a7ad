// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.coordinator.http.CallPolicy;
import dev.syncmate.agent.coordinator.http.HttpCoordinator;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Puts adapters behind ports. The only class that names them, but for the mount command's FUSE. */
final class Wiring {
  private Wiring() {}

  /** Event loops for network calls; bytes move on the store's own threads. */
  static Vertx vertx() {
    return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(false));
  }

  /** A coordinator that is asked patiently, for agents. */
  static Coordinator coordinator(Vertx vertx, CoordinatorConfig config) {
    return HttpCoordinator.open(vertx, config);
  }

  /** A coordinator for commands whose user waits. */
  static Coordinator briefCoordinator(Vertx vertx, CoordinatorConfig config) {
    return HttpCoordinator.open(vertx, config, CallPolicy.brief());
  }

  /** The bucket, for so many slices at once. */
  static ObjectStore store(Vertx vertx, StoreConfig config, int concurrencyMax) {
    return S3ObjectStore.open(
        vertx,
        new S3Config(
            config.endpoint(),
            config.region(),
            config.bucket(),
            config.accessKey().reveal(),
            config.secretKey().reveal(),
            concurrencyMax));
  }
}
