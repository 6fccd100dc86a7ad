// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.testing.FaultyObjectStore;
import dev.syncmate.agent.testing.MemoryObjectStore;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StallGuardObjectStoreTest extends ObjectStoreContract {
  private static final int LENGTH = 300_000;

  private final HandTicker ticker = new HandTicker();
  private Vertx vertx;
  private FaultyObjectStore faulty;
  private StallGuardObjectStore store;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
    faulty = new FaultyObjectStore(new MemoryObjectStore(vertx));
    store = new StallGuardObjectStore(faulty, StallLimits.DEFAULT, ticker);
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
  void put_nothingReadForAWindow_isCut() {
    MemorySource source = new MemorySource("src", bytes(LENGTH)).onRead(ticker::windowAfterStart);
    TransferException error = failureOf(store.put("k", source, new Cancellation()));
    assertStalled(error);
    assertThat(source.opens()).isEqualTo(1).isEqualTo(source.closes());
    assertThat(ticker.running).isZero();
  }

  @Test
  void put_slowButAboveTheRate_goesOn() throws Exception {
    MemorySource source =
        new MemorySource("src", bytes(LENGTH)).onRead(done -> ticker.fire(StallWatch.TICKS - 1));
    await(store.put("k", source, new Cancellation()));
    assertThat(ticker.running).isZero();
  }

  @Test
  void get_belowTheRate_isCut() throws Exception {
    await(store.put("k", new MemorySource("src", bytes(LENGTH)), new Cancellation()));
    MemorySink sink = new MemorySink("dst", LENGTH).onWrite(ticker::windowAfterStart);
    assertStalled(failureOf(store.get("k", sink, new Cancellation())));
    assertThat(sink.finishes()).isZero();
  }

  @Test
  void put_waitingForAConnection_isNotCut() {
    faulty.putHanging();
    Cancellation cancellation = new Cancellation();
    Future<?> put = store.put("k", new MemorySource("src", bytes(10)), cancellation);
    ticker.fire(100);
    assertThat(put.isComplete()).isFalse();
    TransferException lost = new TransferException(Reason.LEASE_LOST, "x");
    cancellation.cancel(lost);
    assertThat(failureOf(put)).isSameAs(lost);
  }

  @Test
  void watch_allBytesMoved_neverStalls() {
    StallWatch watch = new StallWatch(10, StallLimits.DEFAULT);
    watch.opened();
    watch.moved(10);
    for (int i = 0; i < 100; i++) {
      assertThat(watch.tick()).isFalse();
    }
  }

  @Test
  void watch_newPass_startsAFreshWindow() {
    StallWatch watch = new StallWatch(10, StallLimits.DEFAULT);
    watch.opened();
    for (int i = 0; i < StallWatch.TICKS - 1; i++) {
      assertThat(watch.tick()).isFalse();
    }
    watch.opened();
    assertThat(watch.tick()).isFalse();
  }

  @Test
  void limits_nonsense_isRefused() {
    assertThatThrownBy(() -> new StallLimits(Duration.ZERO, 1)).hasMessageContaining("window");
    assertThatThrownBy(() -> new StallLimits(Duration.ofSeconds(1), -1))
        .hasMessageContaining("minBytesPerSecond: -1");
  }

  private static void assertStalled(TransferException error) {
    assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(error).hasMessageContaining("stalled").hasMessageContaining("at least 30720");
  }

  /** Time that moves by hand. */
  private static final class HandTicker implements Ticker {
    private final java.util.List<Runnable> actions =
        new java.util.concurrent.CopyOnWriteArrayList<>();
    private volatile int running;

    @Override
    public synchronized Runnable every(Duration interval, Runnable action) {
      assertThat(interval).isEqualTo(Duration.ofSeconds(5));
      actions.add(action);
      running++;
      return () -> {
        synchronized (this) {
          actions.remove(action);
          running--;
        }
      };
    }

    void fire(int times) {
      for (int i = 0; i < times; i++) {
        actions.forEach(Runnable::run);
      }
    }

    void windowAfterStart(long doneBytes) {
      if (doneBytes > 0) {
        fire(2 * StallWatch.TICKS);
      }
    }
  }
}
