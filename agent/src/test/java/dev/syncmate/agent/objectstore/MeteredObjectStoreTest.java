// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.metrics.Meters;
import dev.syncmate.agent.testing.MemoryObjectStore;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeteredObjectStoreTest extends ObjectStoreContract {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Vertx vertx;
  private MeteredObjectStore store;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    store = new MeteredObjectStore(new MemoryObjectStore(vertx), registry);
  }

  @AfterEach
  void close() throws Exception {
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

  @Test
  void meters_afterPutAndGets_tellBytesAndOutcomes() throws Exception {
    await(store.put("k", new MemorySource("src", bytes(1000)), new Cancellation()));
    await(store.get("k", new MemorySink("dst", 1000), new Cancellation()));
    failureOf(store.get("none", new MemorySink("dst", 1000), new Cancellation()));

    assertThat(Meters.SLICE_BYTES.counter(registry, "sent").count()).isEqualTo(1000);
    assertThat(Meters.SLICE_BYTES.counter(registry, "received").count()).isEqualTo(1000);
    assertThat(Meters.SLICE_BYTES.total(registry)).isEqualTo(2000);
    assertThat(calls("put", "ok")).isEqualTo(1);
    assertThat(calls("get", "ok")).isEqualTo(1);
    assertThat(calls("get", "object_missing")).isEqualTo(1);
  }

  private long calls(String operation, String outcome) {
    return Meters.OBJECT_DURATION.timer(registry, operation, outcome).count();
  }
}
