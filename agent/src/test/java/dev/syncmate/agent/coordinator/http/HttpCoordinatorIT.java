// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.Secret;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.TaskState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpCoordinatorIT {
  private static final String SESSION_END = "{\"released\": 3}";

  private static Vertx vertx;
  private static WireMockServer server;
  private HttpCoordinator coordinator;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    server =
        new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop();
    vertx.close().await();
  }

  @BeforeEach
  void open() {
    server.resetAll();
    coordinator = open(URI.create(server.baseUrl()), Duration.ofSeconds(20));
  }

  @AfterEach
  void close() {
    coordinator.close();
  }

  private static HttpCoordinator open(URI url, Duration timeout) {
    CallPolicy policy =
        new CallPolicy(
            timeout, 4, Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(4));
    return HttpCoordinator.open(vertx, new CoordinatorConfig(url, new Secret("t0ken")), policy);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static TransferException refusal(Future<?> future) {
    Throwable thrown = catchThrowable(() -> await(future));
    assertThat(thrown).isInstanceOf(TransferException.class).message().doesNotContain("\n");
    assertThat(thrown.getMessage()).contains(server.baseUrl()).doesNotContain("t0ken");
    return (TransferException) thrown;
  }

  /** Answers in this order, the last one for ever. */
  private static void answers(ResponseDefinitionBuilder... answers) {
    for (int i = 0; i < answers.length; i++) {
      server.stubFor(
          any(anyUrl())
              .inScenario("s")
              .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "s" + i)
              .willSetStateTo("s" + Math.min(i + 1, answers.length - 1))
              .willReturn(answers[i]));
    }
    if (answers.length == 1) {
      server.resetMappings();
      server.stubFor(any(anyUrl()).willReturn(answers[0]));
    }
  }

  private static ResponseDefinitionBuilder problem(int status, String reason) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/problem+json")
        .withBody(
            """
            {"type": "urn:syncmate:problem:%s", "title": "T", "status": %d, "detail": "why\\nso"}
            """
                .formatted(reason, status));
  }

  private static int requests() {
    return server.countRequestsMatching(anyRequestedFor(anyUrl()).build()).getCount();
  }

  @Test
  void call_carriesTokenAndContractJson() {
    server.stubFor(post(urlEqualTo("/v1/tasks/release")).willReturn(okJson("{\"results\": []}")));
    await(coordinator.release(new ReleaseBatch("session-1", List.of())));
    server.verify(
        postRequestedFor(urlEqualTo("/v1/tasks/release"))
            .withHeader("Authorization", equalTo("Bearer t0ken"))
            .withRequestBody(equalToJson("{\"session_id\": \"session-1\"}", true, true)));
  }

  @Test
  void call_unavailableThenWell_isRepeated() {
    answers(
        aResponse().withStatus(503).withHeader("Retry-After", "0"),
        problem(500, "internal"),
        okJson(SESSION_END));
    assertThat(await(coordinator.endSession("session-1")).released()).isEqualTo(3);
    assertThat(requests()).isEqualTo(3);
  }

  @Test
  void call_answerLost_isRepeated() {
    answers(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), okJson(SESSION_END));
    assertThat(await(coordinator.endSession("session-1")).released()).isEqualTo(3);
  }

  @Test
  void endSession_answerLostThenUnknown_isDone() {
    answers(aResponse().withFault(Fault.EMPTY_RESPONSE), problem(404, "session_unknown"));
    assertThat(await(coordinator.endSession("session-1")).released()).isZero();
  }

  @Test
  void call_retryAfterBeyondBudget_givesUpAtOnce() {
    answers(aResponse().withStatus(429).withHeader("Retry-After", "3600"));
    TransferException refusal = refusal(coordinator.status());
    assertThat(refusal.reason()).isEqualTo(Reason.COORDINATOR_UNREACHABLE);
    assertThat(refusal.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void call_neverWell_givesUpAfterAllAttempts() {
    answers(aResponse().withStatus(502));
    assertThat(refusal(coordinator.status()))
        .hasMessageContaining("does not answer GET /status: HTTP 502")
        .hasMessageContaining("4 attempts");
    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void call_slow_timesOutAndIsRepeated() {
    answers(okJson("{\"released\": 1}").withFixedDelay(30_000), okJson(SESSION_END));
    try (HttpCoordinator hasty = open(URI.create(server.baseUrl()), Duration.ofMillis(500))) {
      assertThat(await(hasty.endSession("session-1")).released()).isEqualTo(3);
    }
  }

  @Test
  void call_nobodyListens_isUnreachable() {
    try (HttpCoordinator nobody = open(URI.create("http://127.0.0.1:1"), Duration.ofSeconds(5))) {
      assertThat(catchThrowable(() -> await(nobody.status())))
          .isInstanceOf(TransferException.class)
          .hasMessageContaining("coordinator http://127.0.0.1:1 does not answer")
          .hasMessageContaining("onnection refused");
    }
  }

  @Test
  void call_wrongToken_stopsTheAgentAtOnce() {
    answers(problem(401, "unauthorized"));
    TransferException refusal = refusal(coordinator.status());
    assertThat(refusal.disposition()).isEqualTo(Disposition.STOP_AGENT);
    assertThat(refusal).hasMessageContaining("coordinator_token").hasMessageContaining("why so");
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void call_refusedOrFailed_saysTheRequestId() {
    answers(problem(404, "job_unknown").withHeader("X-Request-Id", "r-17"));
    assertThat(refusal(coordinator.status())).hasMessageContaining("(job_unknown) [request r-17]");
    answers(problem(500, "internal_error").withHeader("X-Request-Id", "r-18\tx"));
    assertThat(refusal(coordinator.status()))
        .hasMessageContaining("HTTP 500: why so [request r-18 x] (4 attempts");
  }

  @Test
  void call_rateLimited_waitsAsLongAsAsked() {
    answers(problem(429, "rate_limited").withHeader("Retry-After", "1"), okJson(SESSION_END));
    assertThat(await(coordinator.endSession("session-1")).released()).isEqualTo(3);
    List<Instant> asked =
        server.getAllServeEvents().stream()
            .map(event -> event.getRequest().getLoggedDate().toInstant())
            .sorted()
            .toList();
    assertThat(asked).hasSize(2);
    assertThat(Duration.between(asked.get(0), asked.get(1)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void call_problemTypes_decideTheDisposition() {
    assertThat(dispositionOf(409, "lease_stale")).isEqualTo(Disposition.ABANDON_LEASE);
    assertThat(dispositionOf(404, "session_unknown")).isEqualTo(Disposition.ABANDON_LEASE);
    assertThat(dispositionOf(403, "forbidden")).isEqualTo(Disposition.STOP_AGENT);
    assertThat(dispositionOf(403, "agent_name_mismatch")).isEqualTo(Disposition.STOP_AGENT);
    assertThat(dispositionOf(409, "contract_unsupported")).isEqualTo(Disposition.STOP_AGENT);
    assertThat(dispositionOf(404, "job_unknown")).isEqualTo(Disposition.FAIL_TASK);
    assertThat(dispositionOf(413, "body_too_large")).isEqualTo(Disposition.FAIL_TASK);
  }

  private Disposition dispositionOf(int status, String word) {
    answers(problem(status, word));
    TransferException refusal = refusal(coordinator.status());
    assertThat(refusal.reason().word()).isEqualTo(word);
    return refusal.disposition();
  }

  @Test
  void call_problemTypeOfALaterVersion_failsTheTaskAndNamesIt() {
    answers(problem(409, "invented_later"));
    TransferException refusal = refusal(coordinator.status());
    assertThat(refusal.reason()).isEqualTo(Reason.PROBLEM_UNKNOWN);
    assertThat(refusal).hasMessageContaining("(invented_later)");
  }

  @Test
  void call_otherSite_isNoCoordinator() {
    answers(aResponse().withStatus(404).withHeader("Content-Type", "text/html").withBody("<p>"));
    assertThat(refusal(coordinator.status()))
        .hasMessageContaining("HTTP 404, text/html")
        .extracting(TransferException::reason)
        .isEqualTo(Reason.NOT_A_COORDINATOR);
    answers(aResponse().withStatus(302).withHeader("Location", "http://127.0.0.1:1/"));
    assertThat(refusal(coordinator.status()).reason()).isEqualTo(Reason.NOT_A_COORDINATOR);
  }

  @Test
  void call_answerNotAsAgreed_saysWhatCame() {
    for (String body : new String[] {"<html>", "", "null", "[]", "{}", "{\"released\": \"x\"}"}) {
      answers(aResponse().withBody(body).withHeader("Content-Type", "text/html"));
      TransferException refusal = refusal(coordinator.endSession("session-1"));
      assertThat(refusal.reason()).as(body).isEqualTo(Reason.ANSWER_INVALID);
      assertThat(refusal).hasMessageContaining("expected: JSON, SessionEnd");
    }
  }

  @Test
  void call_hugeAnswer_isCutOff() {
    answers(aResponse().withBody(new byte[Calls.ANSWER_MAX_BYTES + 1]));
    TransferException refusal = refusal(coordinator.status());
    assertThat(refusal).hasMessageContaining("the answer is larger than");
    answers(okJson(SESSION_END));
    assertThat(await(coordinator.endSession("session-1")).released()).isEqualTo(3);
  }

  @Test
  void tasks_hundredThousandInOnePage_areRead() {
    String tasks =
        IntStream.range(0, 100_000)
            .mapToObj(
                i ->
                    """
                    {"task_id": "1-%d", "file_id": "1", "job_id": "j", "virtual_path": "v.slice.%05d",
                     "state": "pending", "lease_epoch": 0, "offset_bytes": %d, "length_bytes": 1,
                     "attempts": 0, "sender": null, "receiver": null, "object_key": null,
                     "last_error": null, "failures": []}"""
                        .formatted(i, i, 268_435_456L * i))
            .collect(Collectors.joining(",", "{\"tasks\": [", "], \"next\": null}"));
    server.stubFor(
        get(urlPathEqualTo("/v1/tasks"))
            .withQueryParam("job_id", equalTo("a b"))
            .withQueryParam("state", equalTo("pending"))
            .withQueryParam("after", equalTo("1-2"))
            .willReturn(okJson(tasks)));
    assertThat(await(coordinator.tasks("a b", TaskState.PENDING, "1-2")).tasks()).hasSize(100_000);
  }

  @Test
  void heartbeat_othersAllBusy_isNotQueued() {
    server.stubFor(get(urlEqualTo("/status")).willReturn(okJson("{}").withFixedDelay(30_000)));
    server.stubFor(
        post(urlEqualTo("/v1/agents/session-1/heartbeat"))
            .willReturn(
                okJson(
                    """
                    {"lease_duration_ms": 1000, "heartbeat_interval_ms": 300, "poll_interval_ms": 9,
                     "lost": ["1-1"], "lost_files": [], "directive": "work", "zones": []}
                    """)));
    List<Future<?>> busy =
        IntStream.range(0, 20).<Future<?>>mapToObj(i -> coordinator.status()).toList();
    assertThat(
            await(coordinator.heartbeat("session-1", new Heartbeat(0, 0, List.of(), List.of())))
                .lost())
        .containsExactly("1-1");
    assertThat(busy).noneMatch(Future::isComplete);
  }

  @Test
  void endSession_id_isOnePathSegment() {
    server.stubFor(delete(urlEqualTo("/v1/agents/a%2Fb")).willReturn(okJson(SESSION_END)));
    assertThat(await(coordinator.endSession("a/b")).released()).isEqualTo(3);
  }
}
