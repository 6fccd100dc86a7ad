// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** A store that expects no call: a test overrides those that it plays. */
public class UnexpectedStore implements ObjectStore {
  private static <T> Future<T> unexpected(Object request) {
    return Future.failedFuture(new AssertionError("unexpected call: " + request));
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    return unexpected(key);
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    return unexpected(key);
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return unexpected(key);
  }

  @Override
  public Future<ObjectPage> list(String prefix, String continuation) {
    return unexpected(prefix);
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    return unexpected(keys);
  }

  @Override
  public void close() {}
}
