// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket of R2, or of any store with the S3 API.
 *
 * <p><b>Threads.</b> As {@link ObjectStore}. The network has the SDK's event loops, files a pool of
 * their own with one thread a slice.
 *
 * <p><b>Errors.</b> As {@link ObjectStore}, further: bucket_missing (STOP_AGENT), store_refused
 * (FAIL_TASK). The SDK tries a call three times with full-jitter back-off before it counts as
 * failed; a PUT only where the store answered that it took nothing. A future completes only once
 * the slice's file is closed.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final Logger log = LoggerFactory.getLogger(S3ObjectStore.class);
  private static final int LOOPS_MAX = 8;
  private static final int IDLE_THREAD_SECONDS = 30;

  private static final long QUIET_MS = 100;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong calls = new AtomicLong();
  private final Map<Long, CompletableFuture<?>> running = new ConcurrentHashMap<>();
  private final Vertx vertx;
  private final S3Config config;
  private final S3Errors errors;
  private final SdkEventLoopGroup loops;
  private final SdkAsyncHttpClient http;
  private final S3AsyncClient client;
  private final S3AsyncClient uploads;
  private final ExecutorService workers;

  private S3ObjectStore(Vertx vertx, S3Config config, S3Timing timing) {
    this.vertx = vertx;
    this.config = config;
    this.errors = new S3Errors(config);
    this.loops =
        SdkEventLoopGroup.builder()
            .numberOfThreads(Math.min(LOOPS_MAX, Runtime.getRuntime().availableProcessors()))
            .build();
    this.http = S3Clients.http(config, timing, loops);
    this.client = S3Clients.calls(config, timing, http);
    this.uploads = S3Clients.uploads(config, timing, http);
    this.workers = pool(config.concurrencyMax());
  }

  /** Opens the store; nothing is asked of it yet. */
  public static S3ObjectStore open(Vertx vertx, S3Config config) {
    return open(vertx, config, S3Timing.DEFAULT);
  }

  static S3ObjectStore open(Vertx vertx, S3Config config, S3Timing timing) {
    return new S3ObjectStore(vertx, config, timing);
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    SliceRequestBody body = new SliceRequestBody(source, workers, cancellation);
    CompletableFuture<StoredObject> sent =
        upload(key, body, cancellation, 1)
            .thenCompose(
                put ->
                    call(
                            cancellation,
                            () -> client.headObject(r -> r.bucket(config.bucket()).key(key)))
                        .thenApply(head -> stored(key, source, body, put, head)));
    return settled("put", key, cancellation, body, sent);
  }

  /**
   * Again where the connection broke before the last bytes left: nobody can have a whole object.
   */
  private CompletableFuture<PutObjectResponse> upload(
      String key, SliceRequestBody body, Cancellation cancellation, int attempt) {
    return call(
            cancellation, () -> uploads.putObject(r -> r.bucket(config.bucket()).key(key), body))
        .exceptionallyCompose(
            error ->
                attempt < S3Clients.ATTEMPTS_MAX && body.isCutOff() && cancellation.cause() == null
                    ? upload(key, body, cancellation, attempt + 1)
                    : CompletableFuture.failedFuture(error));
  }

  /** What the store says it has, compared with what was sent. */
  private StoredObject stored(
      String key,
      SliceSource source,
      SliceRequestBody body,
      PutObjectResponse put,
      HeadObjectResponse head) {
    String sha256 = body.sha256();
    boolean sameTag = put.eTag() == null || put.eTag().equals(head.eTag());
    if (sha256 == null || !sameTag || !Objects.equals(head.contentLength(), source.lengthBytes())) {
      throw new TransferException(
          Reason.STORE_UNAVAILABLE,
          "put %s: the store has %d bytes, ETag %s (expected: %d bytes, ETag %s, all of %s read)"
              .formatted(
                  key,
                  head.contentLength(),
                  head.eTag(),
                  source.lengthBytes(),
                  put.eTag(),
                  source.name()));
    }
    return new StoredObject(key, source.lengthBytes(), sha256);
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    SliceResponseTransformer into = new SliceResponseTransformer(key, sink, workers);
    CompletableFuture<StoredObject> received =
        call(cancellation, () -> client.getObject(r -> r.bucket(config.bucket()).key(key), into));
    return settled("get", key, cancellation, into, received);
  }

  /** The outcome, once the slice's file is closed. */
  private Future<StoredObject> settled(
      String call,
      String key,
      Cancellation cancellation,
      SlicePasses passes,
      CompletableFuture<StoredObject> moved) {
    cancellation.onCancel(passes::abort);
    Context context = vertx.getOrCreateContext();
    return Future.fromCompletionStage(moved, context)
        .transform(
            (stored, error) -> {
              if (error != null) {
                passes.abort();
              }
              return Future.fromCompletionStage(passes.closed(), context)
                  .transform(
                      (nothing, never) ->
                          error == null
                              ? Future.succeededFuture(stored)
                              : Future.failedFuture(
                                  cause(call, key, cancellation, passes.failure(), error)));
            });
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return home(
        call(() -> client.headObject(r -> r.bucket(config.bucket()).key(key)))
            .handle(
                (head, error) -> {
                  if (error != null && isNotFound(error)) {
                    return Optional.<ObjectInfo>empty();
                  }
                  HeadObjectResponse found =
                      valueOr(head, error, e -> errors.translate("head", key, e));
                  return Optional.of(Listings.info(key, found));
                }));
  }

  @Override
  public Future<ObjectPage> list(String prefix, @Nullable String continuation) {
    return home(
        call(() ->
                client.listObjectsV2(
                    r -> r.bucket(config.bucket()).prefix(prefix).continuationToken(continuation)))
            .handle(
                (page, error) ->
                    Listings.page(
                        valueOr(page, error, e -> errors.translate("list", listed(prefix), e)))));
  }

  private String listed(String prefix) {
    return "bucket " + config.bucket() + (prefix.isEmpty() ? "" : ", keys " + prefix + "*");
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    if (keys.size() > DELETE_KEYS_MAX) {
      throw new IllegalArgumentException(
          "keys: %d (expected: at most %d)".formatted(keys.size(), DELETE_KEYS_MAX));
    }
    if (keys.isEmpty()) {
      return home(CompletableFuture.completedFuture(List.<String>of()));
    }
    List<ObjectIdentifier> objects =
        new LinkedHashSet<>(keys)
            .stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    return home(
        call(() ->
                client.deleteObjects(
                    r -> r.bucket(config.bucket()).delete(d -> d.objects(objects))))
            .handle(
                (reply, error) ->
                    gone(
                        keys,
                        valueOr(
                            reply,
                            error,
                            e ->
                                errors.translate(
                                    "delete", "of %d objects".formatted(objects.size()), e)))));
  }

  /** Only what the store names as deleted counts as gone. */
  private static List<String> gone(List<String> keys, DeleteObjectsResponse reply) {
    Set<String> deleted =
        reply.deleted().stream().map(DeletedObject::key).collect(Collectors.toSet());
    if (!reply.errors().isEmpty()) {
      log.warn(
          "objects.delete_refused count={} key={} code={}",
          reply.errors().size(),
          reply.errors().get(0).key(),
          reply.errors().get(0).code());
    }
    return keys.stream().filter(deleted::contains).distinct().toList();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    running.values().forEach(call -> call.cancel(true));
    client.close();
    uploads.close();
    http.close();
    // Nobody waits for the loops; the quiet period lets the client's pools close their connections.
    var unused = loops.eventLoopGroup().shutdownGracefully(QUIET_MS, 2000, TimeUnit.MILLISECONDS);
    workers.shutdown();
  }

  /** Starts a call that a cancellation aborts. */
  private <T> CompletableFuture<T> call(
      Cancellation cancellation, Supplier<CompletableFuture<T>> start) {
    CompletableFuture<T> call =
        call(
            () -> {
              cancellation.check();
              return start.get();
            });
    cancellation.onCancel(() -> call.cancel(true));
    return call;
  }

  /** Starts a call that closing the store aborts: the SDK would leave it open for ever. */
  private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> start) {
    CompletableFuture<T> call;
    try {
      checkOpen();
      call = start.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    long id = calls.incrementAndGet();
    running.put(id, call);
    var unused = call.whenComplete((value, error) -> running.remove(id));
    if (closed.get()) {
      call.cancel(true);
    }
    return call;
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new TransferException(
          Reason.STORE_UNAVAILABLE,
          "the connection to bucket %s is closed".formatted(config.bucket()));
    }
  }

  private TransferException cause(
      String call, String key, Cancellation cancellation, @Nullable Throwable local, Throwable e) {
    TransferException cancelled = cancellation.cause();
    if (cancelled != null) {
      return cancelled;
    }
    if (local instanceof TransferException transfer) {
      return transfer;
    }
    return errors.translate(call, key, e);
  }

  private static <T> T valueOr(
      @Nullable T value, @Nullable Throwable error, Function<Throwable, TransferException> cause) {
    if (error != null) {
      throw cause.apply(error);
    }
    return Objects.requireNonNull(value);
  }

  private static boolean isNotFound(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && !(cause instanceof S3Exception)) {
      cause = cause.getCause();
    }
    return cause instanceof S3Exception s3
        && s3.statusCode() == 404
        && (s3.awsErrorDetails() == null
            || !"NoSuchBucket".equals(s3.awsErrorDetails().errorCode()));
  }

  private <T> Future<T> home(CompletableFuture<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext())
        .recover(
            error ->
                Future.failedFuture(
                    error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error));
  }

  private static ExecutorService pool(int threads) {
    AtomicInteger count = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "syncmate-slice-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            // After close(): what is left to do is to close files.
            (task, full) -> task.run());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
