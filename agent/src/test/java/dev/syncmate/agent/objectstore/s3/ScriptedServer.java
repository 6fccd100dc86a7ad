// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that answers each request as the script says, in order; the last answer stays. */
final class ScriptedServer {
  /** A request that came. */
  record Seen(String method, String path, MultiMap headers) {}

  private final Queue<Handler<HttpServerRequest>> script = new ConcurrentLinkedQueue<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<Buffer> bodies = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile Handler<HttpServerRequest> last = answer(500, "InternalError");

  ScriptedServer(Vertx vertx) throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(this::handle)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
  }

  private void handle(HttpServerRequest request) {
    seen.add(new Seen(request.method().name(), request.path(), request.headers()));
    Handler<HttpServerRequest> next = script.poll();
    if (next != null) {
      last = next;
    }
    last.handle(request);
  }

  ScriptedServer then(Handler<HttpServerRequest> answer) {
    script.add(answer);
    return this;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  List<Seen> seen() {
    return seen;
  }

  /** Bodies that were taken whole. */
  List<Buffer> bodies() {
    return bodies;
  }

  /** An S3 error, after the whole body came. */
  Handler<HttpServerRequest> answer(int status, String code) {
    return request ->
        request.body().onSuccess(body -> request.response().setStatusCode(status).end(error(code)));
  }

  /** An S3 error as soon as some of the body came; then the connection closes. */
  Handler<HttpServerRequest> answerMidway(int status, String code) {
    return request ->
        request.handler(
            some -> {
              if (!request.response().ended()) {
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("Connection", "close")
                    .end(error(code))
                    .onComplete(sent -> request.connection().close());
              }
            });
  }

  /** Takes the body and closes the connection without an answer. */
  Handler<HttpServerRequest> takeAndHangUp() {
    return request ->
        request
            .body()
            .onSuccess(
                body -> {
                  bodies.add(body);
                  request.connection().close();
                });
  }

  /** Takes the body and says so. */
  Handler<HttpServerRequest> take() {
    return request ->
        request
            .body()
            .onSuccess(
                body -> {
                  bodies.add(body);
                  request.response().putHeader("ETag", "\"tag\"").end();
                });
  }

  /** Answers a HEAD. */
  Handler<HttpServerRequest> head(long lengthBytes, String tag) {
    return request ->
        request
            .response()
            .putHeader("Content-Length", Long.toString(lengthBytes))
            .putHeader("ETag", "\"" + tag + "\"")
            .end();
  }

  /** Answers with a body. */
  Handler<HttpServerRequest> give(byte[] content) {
    return request -> request.response().end(Buffer.buffer(content));
  }

  /** Answers with a body that breaks off. */
  Handler<HttpServerRequest> giveSomeAndHangUp(byte[] content, int cut) {
    return request -> begin(request, content, cut).onComplete(sent -> request.connection().close());
  }

  /** Answers with a body that stops, but the connection stays. */
  Handler<HttpServerRequest> giveSomeAndStall(byte[] content, int cut, Runnable stalled) {
    return request -> begin(request, content, cut).onComplete(sent -> stalled.run());
  }

  private static io.vertx.core.Future<Void> begin(
      HttpServerRequest request, byte[] content, int cut) {
    return request
        .response()
        .putHeader("Content-Length", Integer.toString(content.length))
        .write(Buffer.buffer(content).slice(0, cut));
  }

  private static String error(String code) {
    return "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>as scripted</Message></Error>"
        .formatted(code);
  }

  void close() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().get();
  }
}
