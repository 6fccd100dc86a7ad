// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStoreContract;
import dev.syncmate.agent.testing.LocalStack;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The suite on Miniflare's R2. */
class MiniflareObjectStoreIT extends ObjectStoreContract {
  private static LocalStack stack;
  private static Vertx vertx;
  private static S3ObjectStore store;

  @BeforeAll
  static void open() {
    stack = LocalStack.start(LocalStack.Options.defaults());
    vertx = Vertx.vertx();
    store =
        S3ObjectStore.open(
            vertx,
            new S3Config(
                stack.s3Endpoint(),
                "auto",
                stack.bucket(),
                stack.accessKey(),
                stack.secretKey(),
                8));
  }

  @AfterAll
  static void close() throws Exception {
    if (store != null) {
      store.close();
      await(vertx.close());
      stack.close();
    }
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
