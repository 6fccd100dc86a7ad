// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.Contract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls over one pool of connections and repeats those that were not answered.
 *
 * <p><b>Units.</b> The time of a call is on this host's monotonic clock, from its first attempt.
 *
 * <p><b>Errors.</b> {@link TransferException}. Connections that fail, time-outs, 408, 425, 429 and
 * most 5xx are repeated; then the reason is coordinator_unreachable (RETRY).
 */
final class Calls implements AutoCloseable {
  /** A page of 100,000 tasks is about 30 MB. */
  static final int ANSWER_MAX_BYTES = 64 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
  // workerd closes an idle connection after 5 s; a request sent just then is lost.
  private static final int KEEP_ALIVE_SECONDS = 4;
  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int WAITING_MAX = 256;

  private final Vertx vertx;
  private final WebClient client;
  private final CoordinatorConfig config;
  private final CallPolicy policy;

  Calls(Vertx vertx, CoordinatorConfig config, CallPolicy policy, int connectionsMax) {
    this.vertx = vertx;
    this.config = config;
    this.policy = policy;
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setUserAgent("syncmate-agent")
                // A redirect would carry the token elsewhere.
                .setFollowRedirects(false),
            new PoolOptions().setHttp1MaxSize(connectionsMax).setMaxWaitQueueSize(WAITING_MAX));
  }

  <T> Future<T> make(Call<T> call) {
    return attempt(call, 1, System.nanoTime());
  }

  @Override
  public void close() {
    client.close();
  }

  private <T> Future<T> attempt(Call<T> call, int number, long startNanos) {
    return send(call)
        .compose(
            response -> {
              try {
                return Future.succeededFuture(Answers.read(call, response));
              } catch (Unanswered e) {
                return Future.failedFuture(e);
              }
            })
        .recover(failure -> again(call, number, startNanos, failure));
  }

  private <T> Future<T> again(Call<T> call, int number, long startNanos, Throwable failure) {
    if (failure instanceof TransferException) {
      return Future.failedFuture(failure);
    }
    if (failure instanceof BoundedBody.TooLarge || failure instanceof JsonProcessingException) {
      boolean tooLarge = failure instanceof BoundedBody.TooLarge;
      return Future.failedFuture(
          new TransferException(
              tooLarge ? Reason.ANSWER_TOO_LARGE : Reason.INVALID_REQUEST,
              "%s: %s; check coordinator_url".formatted(call.name(), failure.getMessage()),
              failure));
    }
    Duration wait = wait(number, failure);
    Duration spent = Duration.ofNanos(System.nanoTime() - startNanos);
    if (number >= policy.attemptsMax() || spent.plus(wait).compareTo(policy.totalMax()) > 0) {
      return Future.failedFuture(unreachable(call, number, spent, failure));
    }
    LOG.info(
        "coordinator.retry call=\"{}\" attempt={} wait_ms={} cause=\"{}\"",
        call.name(),
        number,
        wait.toMillis(),
        cause(failure));
    return vertx
        .timer(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS)
        .compose(fired -> attempt(call, number + 1, startNanos));
  }

  private Duration wait(int number, Throwable failure) {
    Duration backoff = policy.backoff(number, RandomGenerator.getDefault());
    return failure instanceof Unanswered unanswered
        ? unanswered.retryAfter().map(asked -> asked.plus(backoff)).orElse(backoff)
        : backoff;
  }

  private <T> Future<HttpResponse<Buffer>> send(Call<T> call) {
    HttpRequest<Buffer> request =
        client
            .requestAbs(call.method(), call.url().toString())
            .timeout(policy.timeout().toMillis())
            .bearerTokenAuthentication(config.token().reveal())
            .putHeader("Accept", "application/json, application/problem+json")
            .as(() -> new BoundedBody(ANSWER_MAX_BYTES));
    call.query().forEach(request::addQueryParam);
    if (call.body() == null) {
      return request.send();
    }
    try {
      return request
          .putHeader("Content-Type", "application/json")
          .sendBuffer(Buffer.buffer(Contract.mapper().writeValueAsBytes(call.body())));
    } catch (JsonProcessingException e) {
      return Future.failedFuture(e);
    }
  }

  private TransferException unreachable(
      Call<?> call, int attempts, Duration spent, Throwable failure) {
    return new TransferException(
        Reason.COORDINATOR_UNREACHABLE,
        "coordinator %s does not answer %s %s: %s (%d attempts in %d s); check coordinator_url and the network"
            .formatted(
                config.url(),
                call.method(),
                call.url().getRawPath(),
                cause(failure),
                attempts,
                spent.toSeconds()),
        failure);
  }

  // The innermost says most: "Failed to create SSL connection" is caused by the certificate.
  private static String cause(Throwable failure) {
    Throwable inner = failure;
    for (int depth = 0; inner.getCause() != null && depth < 8; depth++) {
      inner = inner.getCause();
    }
    String text = inner.getMessage();
    return text == null || text.isBlank() ? inner.getClass().getSimpleName() : text;
  }
}
