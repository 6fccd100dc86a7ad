// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of slices as they pass and times every call.
 *
 * <p>Meters: {@value #SLICE_BYTES} by direction ({@code sent}, {@code received}), {@value
 * #CALL_DURATION} by operation and outcome ({@code ok} or the failure's reason).
 */
public final class MeteredObjectStore implements ObjectStore {
  static final String SLICE_BYTES = "syncmate.slice.bytes";
  static final String CALL_DURATION = "syncmate.object.duration";

  private final ObjectStore store;
  private final MeterRegistry registry;
  private final ByteObserver sent;
  private final ByteObserver received;

  /** Meters the store; bytes are also added to {@code moved}. */
  public MeteredObjectStore(ObjectStore store, MeterRegistry registry, BytesMoved moved) {
    this.store = store;
    this.registry = registry;
    Counter sentBytes = bytes(registry, "sent");
    Counter receivedBytes = bytes(registry, "received");
    this.sent =
        count -> {
          sentBytes.increment((double) count);
          moved.addSent(count);
        };
    this.received =
        count -> {
          receivedBytes.increment((double) count);
          moved.addReceived(count);
        };
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
                Timer.builder(CALL_DURATION)
                    .tag("operation", operation)
                    .tag("outcome", outcome(result.cause()))
                    .register(registry)));
  }

  private static String outcome(@Nullable Throwable error) {
    if (error == null) {
      return "ok";
    }
    Reason reason =
        error instanceof TransferException transfer ? transfer.reason() : Reason.INTERNAL_ERROR;
    return reason.word();
  }

  private static Counter bytes(MeterRegistry registry, String direction) {
    return Counter.builder(SLICE_BYTES)
        .baseUnit("bytes")
        .tag("direction", direction)
        .register(registry);
  }
}
