// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.testing.FaultyObjectStore;
import dev.syncmate.agent.testing.MemoryObjectStore;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyObjectStoreTest extends ObjectStoreContract {
  private Vertx vertx;
  private MemoryObjectStore memory;
  private FaultyObjectStore store;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    memory = new MemoryObjectStore(vertx);
    store = new FaultyObjectStore(memory);
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
  void put_answerLost_hasMadeTheObject() {
    store.putAnswerLost();
    assertThat(failureOf(put()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(memory.objects()).containsKey("k");
  }

  @Test
  void put_cutThenAgain_works() throws Exception {
    store.putCut(100_000).putUnavailable();
    assertThat(failureOf(put()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(failureOf(put()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(memory.objects()).isEmpty();
    assertThat(await(put()).sha256()).isEqualTo(sha256(bytes(200_000)));
  }

  @Test
  void get_flipped_tellsTheDigestOfWhatItBrought() throws Exception {
    await(put());
    MemorySink sink = new MemorySink("dst", 200_000);
    StoredObject got = await(store.getFlipped(70_000).get("k", sink, new Cancellation()));
    assertThat(got.sha256()).isEqualTo(sha256(sink.content())).isNotEqualTo(sha256(bytes(200_000)));
  }

  @Test
  void get_cut_writesSomeAndFails() throws Exception {
    await(put());
    MemorySink sink = new MemorySink("dst", 200_000);
    store.getCut(70_000);
    assertThat(failureOf(store.get("k", sink, new Cancellation())).disposition())
        .isEqualTo(Disposition.RETRY);
    assertThat(sink.opens()).isEqualTo(1).isEqualTo(sink.closes());
    assertThat(sink.finishes()).isZero();
  }

  @Test
  void get_hanging_endsWithTheCancellation() {
    Cancellation cancellation = new Cancellation();
    Future<StoredObject> get = store.getHanging().get("k", new MemorySink("dst", 1), cancellation);
    assertThat(get.isComplete()).isFalse();
    TransferException lost = new TransferException(Reason.LEASE_LOST, "x");
    cancellation.cancel(lost);
    assertThat(failureOf(get)).isSameAs(lost);
  }

  @Test
  void delete_answerLost_hasDeleted() throws Exception {
    await(put());
    store.deleteAnswerLost();
    assertThat(failureOf(store.delete(List.of("k"))).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(memory.objects()).isEmpty();
  }

  private Future<StoredObject> put() {
    return store.put("k", new MemorySource("src", bytes(200_000)), new Cancellation());
  }
}
