// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bucket. Every byte passes once; its SHA-256 is computed in that pass.
 *
 * <p><b>Threads.</b> May be called from any thread. Futures complete on the Vert.x context of the
 * caller where there is one. Files are read and written on the store's own worker threads.
 *
 * <p><b>Errors.</b> Futures fail with {@link dev.syncmate.agent.failure.TransferException} only,
 * cause kept. Reasons: object_missing (RESEND), object_bad (RESEND), access_denied (STOP_AGENT),
 * store_unavailable (RETRY), source_changed and source_missing (as the source says), no_space
 * (RETRY), and the cause of a cancellation.
 */
public interface ObjectStore extends AutoCloseable {
  /** Keys that one {@link #delete} takes. */
  int DELETE_KEYS_MAX = 1000;

  /** Stores the slice as one object by one PUT and checks what the store says it got. */
  Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation);

  /** Reads the object into the sink; the object must have just the sink's length. */
  Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation);

  /** Size and ETag of an object, empty where there is none. */
  Future<Optional<ObjectInfo>> head(String key);

  /** Objects whose keys begin with the prefix, by key, at most 1,000 a page. */
  Future<ObjectPage> list(String prefix, @Nullable String continuation);

  /**
   * Deletes objects; answers with the keys that are now gone (deleting what is not there works).
   */
  Future<List<String>> delete(List<String> keys);

  @Override
  void close();

  /** An object that was moved: bytes and their SHA-256 in lowercase hex. */
  record StoredObject(String key, long sizeBytes, String sha256) {}

  /** An object as the store shows it; the time is by the store's clock. */
  record ObjectInfo(String key, long sizeBytes, String etag, Instant lastModified) {}

  /** A page of a listing; continuation is null on the last. */
  record ObjectPage(List<ObjectInfo> objects, @Nullable String continuation) {}
}
