// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.testing.MemoryObjectStore;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MemoryObjectStoreTest extends ObjectStoreContract {
  private static Vertx vertx;
  private static MemoryObjectStore store;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    store = new MemoryObjectStore(vertx);
  }

  @AfterAll
  static void close() throws Exception {
    await(vertx.close());
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }
}
