// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts slices' streams that have all but stopped.
 *
 * <p>A stream is watched from the first byte of a pass to the last: waiting for a connection, for
 * the store's answer and for the disk's fsync have limits of their own, or none.
 *
 * <p><b>Errors.</b> A cut stream fails with store_unavailable (RETRY).
 */
public final class StallGuardObjectStore implements ObjectStore {
  private static final Logger log = LoggerFactory.getLogger(StallGuardObjectStore.class);

  private final ObjectStore store;
  private final StallLimits limits;
  private final Ticker ticker;

  /** Guards the store's streams. */
  public StallGuardObjectStore(Vertx vertx, ObjectStore store, StallLimits limits) {
    this(store, limits, (interval, action) -> periodic(vertx, interval, action));
  }

  StallGuardObjectStore(ObjectStore store, StallLimits limits, Ticker ticker) {
    this.store = store;
    this.limits = limits;
    this.ticker = ticker;
  }

  private static Runnable periodic(Vertx vertx, Duration interval, Runnable action) {
    long id = vertx.setPeriodic(interval.toMillis(), fired -> action.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    StallWatch watch = new StallWatch(source.lengthBytes(), limits);
    return watched(
        "put " + key,
        watch,
        cancellation,
        guarded -> store.put(key, new ObservedSource(source, watch), guarded));
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    StallWatch watch = new StallWatch(sink.lengthBytes(), limits);
    return watched(
        "get " + key,
        watch,
        cancellation,
        guarded -> store.get(key, new ObservedSink(sink, watch), guarded));
  }

  private Future<StoredObject> watched(
      String what,
      StallWatch watch,
      Cancellation cancellation,
      Function<Cancellation, Future<StoredObject>> call) {
    Cancellation guarded = new Cancellation();
    cancellation.onCancel(
        () -> {
          TransferException cause = cancellation.cause();
          if (cause != null) {
            guarded.cancel(cause);
          }
        });
    Runnable stop =
        ticker.every(
            limits.window().dividedBy(StallWatch.TICKS),
            () -> {
              if (watch.tick()) {
                guarded.cancel(stalled(what, watch));
              }
            });
    return call.apply(guarded).onComplete(done -> stop.run());
  }

  private TransferException stalled(String what, StallWatch watch) {
    log.info("stream.stalled what={} bytes={}", what, watch.windowBytes());
    return new TransferException(
        Reason.STORE_UNAVAILABLE,
        "%s: stalled, %d bytes in %d s (expected: at least %d); cut, try again"
            .formatted(
                what, watch.windowBytes(), limits.window().toSeconds(), limits.bytesNeeded()));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return store.head(key);
  }

  @Override
  public Future<ObjectPage> list(String prefix, @Nullable String continuation) {
    return store.list(prefix, continuation);
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    return store.delete(keys);
  }

  @Override
  public void close() {
    store.close();
  }
}
