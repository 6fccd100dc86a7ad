// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;

/** A bucket in memory. Reads and writes slices on Vert.x worker threads, 64 KiB at a time. */
public final class MemoryObjectStore implements ObjectStore {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int PAGE_MAX = 1000;

  /** No time passes here. */
  private static final Instant WRITTEN_AT = Instant.parse("2026-11-24T00:00:00Z");

  private final Vertx vertx;
  private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

  public MemoryObjectStore(Vertx vertx) {
    this.vertx = vertx;
  }

  /** What lies in the bucket, by key; may be changed. */
  public Map<String, byte[]> objects() {
    return objects;
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    return onWorker(
        () -> {
          cancellation.check();
          try {
            byte[] content = readAll(source, cancellation);
            objects.put(key, content);
            return new StoredObject(key, content.length, sha256(content));
          } catch (IOException e) {
            throw DiskErrors.reading(source.name(), e);
          }
        });
  }

  private static byte[] readAll(SliceSource source, Cancellation cancellation) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (SliceSource.Reader reader = source.open()) {
      while (reader.read(buffer) >= 0) {
        cancellation.check();
        content.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      reader.finish();
    }
    return content.toByteArray();
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    return onWorker(
        () -> {
          cancellation.check();
          byte[] content = objects.get(key);
          if (content == null) {
            throw resend(Reason.OBJECT_MISSING, "get %s: no such object".formatted(key));
          }
          if (content.length != sink.lengthBytes()) {
            throw resend(
                Reason.OBJECT_BAD,
                "object %s has %d bytes (expected: %d)"
                    .formatted(key, content.length, sink.lengthBytes()));
          }
          try {
            writeAll(content, sink, cancellation);
          } catch (IOException e) {
            throw DiskErrors.writing(sink.name(), e);
          }
          return new StoredObject(key, content.length, sha256(content));
        });
  }

  private static void writeAll(byte[] content, SliceSink sink, Cancellation cancellation)
      throws IOException {
    try (SliceSink.Writer writer = sink.open()) {
      for (int at = 0; at < content.length; at += BUFFER_BYTES) {
        writer.write(ByteBuffer.wrap(content, at, Math.min(BUFFER_BYTES, content.length - at)));
        cancellation.check();
      }
      writer.finish();
    }
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return onWorker(() -> Optional.ofNullable(objects.get(key)).map(content -> info(key, content)));
  }

  @Override
  public Future<ObjectPage> list(String prefix, String continuation) {
    return onWorker(
        () -> {
          String from = continuation == null ? prefix : continuation;
          List<ObjectInfo> found =
              objects.tailMap(from, continuation == null).entrySet().stream()
                  .takeWhile(entry -> entry.getKey().startsWith(prefix))
                  .limit(PAGE_MAX + 1)
                  .map(entry -> info(entry.getKey(), entry.getValue()))
                  .toList();
          if (found.size() <= PAGE_MAX) {
            return new ObjectPage(found, null);
          }
          List<ObjectInfo> page = found.subList(0, PAGE_MAX);
          return new ObjectPage(page, page.get(PAGE_MAX - 1).key());
        });
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    if (keys.size() > DELETE_KEYS_MAX) {
      throw new IllegalArgumentException(
          "keys: %d (expected: at most 1000)".formatted(keys.size()));
    }
    return onWorker(
        () -> {
          keys.forEach(objects::remove);
          return keys.stream().distinct().toList();
        });
  }

  @Override
  public void close() {}

  private <T> Future<T> onWorker(Callable<T> work) {
    return vertx.getOrCreateContext().executeBlocking(work, false);
  }

  private static ObjectInfo info(String key, byte[] content) {
    return new ObjectInfo(key, content.length, sha256(content).substring(0, 32), WRITTEN_AT);
  }

  private static TransferException resend(Reason reason, String message) {
    return new TransferException(reason, message);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
