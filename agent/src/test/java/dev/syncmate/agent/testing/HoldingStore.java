// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An S3 endpoint that takes objects in and holds back every answer to a PUT until it is told to let
 * go, so that a test can look at an agent in the middle of its uploads.
 */
public final class HoldingStore implements AutoCloseable {
  private static final String EMPTY_LIST =
      "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>"
          + "</ListBucketResult>";

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Long> sizes = new ConcurrentHashMap<>();
  private final List<Runnable> held = new ArrayList<>();
  private final HttpServer server;
  private boolean released;

  public HoldingStore() throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** PUTs whose bytes are all here and whose answers are held back. */
  public synchronized int held() {
    return held.size();
  }

  /** Answers all PUTs, those to come as well. */
  public synchronized void release() {
    released = true;
    held.forEach(Runnable::run);
    held.clear();
  }

  private void answer(HttpServerRequest request) {
    if (request.method() == HttpMethod.PUT) {
      request.body().onSuccess(body -> hold(request, body.length()));
    } else if (request.method() == HttpMethod.HEAD) {
      Long size = sizes.get(request.path());
      request
          .response()
          .setStatusCode(size == null ? 404 : 200)
          .putHeader("Content-Length", Long.toString(size == null ? 0 : size))
          .putHeader("ETag", "\"e\"")
          .end();
    } else {
      request.response().putHeader("Content-Type", "application/xml").end(EMPTY_LIST);
    }
  }

  private synchronized void hold(HttpServerRequest request, long size) {
    sizes.put(request.path(), size);
    Runnable answer = () -> request.response().putHeader("ETag", "\"e\"").end();
    if (released) {
      answer.run();
    } else {
      held.add(answer);
    }
  }

  @Override
  public void close() {
    vertx.close();
  }
}
