// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.metrics.Meters;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts the bytes of slices as they pass and times every call. */
public final class MeteredObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final MeterRegistry registry;
  private final ByteObserver sent;
  private final ByteObserver received;

  /** Meters the store, into that registry. */
  public MeteredObjectStore(ObjectStore store, MeterRegistry registry) {
    this.store = store;
    this.registry = registry;
    this.sent = counting(Meters.SLICE_BYTES.counter(registry, "sent"));
    this.received = counting(Meters.SLICE_BYTES.counter(registry, "received"));
  }

  private static ByteObserver counting(Counter counter) {
    return bytes -> counter.increment((double) bytes);
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    return timed("put", store.put(key, new ObservedSource(source, sent), cancellation));
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    return timed("get", store.get(key, new ObservedSink(sink, received), cancellation));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return timed("head", store.head(key));
  }

  @Override
  public Future<ObjectPage> list(String prefix, @Nullable String continuation) {
    return timed("list", store.list(prefix, continuation));
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    return timed("delete", store.delete(keys));
  }

  @Override
  public void close() {
    store.close();
  }

  private <T> Future<T> timed(String operation, Future<T> call) {
    Timer.Sample sample = Timer.start(registry);
    return call.onComplete(
        result ->
            sample.stop(
                Meters.OBJECT_DURATION.timer(registry, operation, outcome(result.cause()))));
  }

  private static String outcome(@Nullable Throwable error) {
    if (error == null) {
      return "ok";
    }
    Reason reason =
        error instanceof TransferException transfer ? transfer.reason() : Reason.INTERNAL_ERROR;
    return reason.word();
  }
}
