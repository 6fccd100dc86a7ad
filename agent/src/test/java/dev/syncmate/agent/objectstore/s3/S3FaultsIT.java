// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.ServerSocket;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What S3ObjectStore makes of a store and a network that misbehave. */
class S3FaultsIT {
  private static final int LENGTH = 2_500_000;
  private static final S3Timing QUICK =
      new S3Timing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofMillis(2));

  private final byte[] content = new byte[LENGTH];
  private Vertx vertx;
  private ScriptedServer server;
  private S3ObjectStore store;

  @BeforeEach
  void open() throws Exception {
    new Random(7).nextBytes(content);
    vertx = Vertx.vertx();
    server = new ScriptedServer(vertx);
    store = store(server.endpoint(), QUICK);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    server.close();
    await(vertx.close());
  }

  @Test
  void put_overHttp_sendsThePlainBytesUnsigned() throws Exception {
    server.then(server.take()).then(server.head(LENGTH, "tag"));
    await(put());
    ScriptedServer.Seen seen = server.seen().get(0);
    assertThat(server.bodies().get(0)).isEqualTo(Buffer.buffer(content));
    assertThat(seen.path()).isEqualTo("/bucket/job/1/0.1");
    assertThat(seen.headers().get("Content-Length")).isEqualTo(Integer.toString(LENGTH));
    assertThat(seen.headers().get("x-amz-content-sha256")).isEqualTo("UNSIGNED-PAYLOAD");
    assertThat(seen.headers().contains("Expect")).isFalse();
    assertThat(seen.headers().contains("Content-Encoding")).isFalse();
    assertThat(seen.headers().contains("Transfer-Encoding")).isFalse();
  }

  @Test
  void put_503Midway_sendsTheSameBytesAgain() throws Exception {
    server
        .then(server.answerMidway(503, "SlowDown"))
        .then(server.take())
        .then(server.head(LENGTH, "tag"));
    MemorySource source = new MemorySource("src", content);
    StoredObject stored = await(store.put("job/1/0.1", source, new Cancellation()));
    assertThat(stored.sha256()).isEqualTo(sha256(content));
    assertThat(server.bodies()).containsExactly(Buffer.buffer(content));
    assertThat(source.opens()).isEqualTo(2).isEqualTo(source.closes());
  }

  @Test
  void put_answerLost_isNeverRepeatedWithItsKey() {
    server.then(server.takeAndHangUp()).then(server.take()).then(server.head(LENGTH, "tag"));
    assertThat(failureOf(put()).disposition()).isEqualTo(Disposition.RETRY);
    assertThat(server.bodies()).containsExactly(Buffer.buffer(content));
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 504})
  void put_gatewaySpeaksForTheStore_isNeverRepeatedWithItsKey(int status) {
    server.then(server.answer(status, "Whatever"));
    TransferException error = failureOf(put());
    assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(server.seen()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 501, 503})
  void put_passingStatusOnce_isRepeated(int status) throws Exception {
    server
        .then(server.answer(status, "Whatever"))
        .then(server.take())
        .then(server.head(LENGTH, "tag"));
    assertThat(await(put()).sha256()).isEqualTo(sha256(content));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 501, 503})
  void put_passingStatusForEver_isUnavailableAfterThreeAttempts(int status) {
    server.then(server.answer(status, "Whatever"));
    TransferException error = failureOf(put());
    assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(error).hasMessageContaining(Integer.toString(status));
    assertThat(server.seen()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, ACCESS_DENIED",
    "403, SignatureDoesNotMatch, ACCESS_DENIED",
    "403, InvalidAccessKeyId, ACCESS_DENIED",
    "401, Unauthorized, ACCESS_DENIED",
    "404, NoSuchBucket, BUCKET_MISSING",
    "400, InvalidRequest, STORE_REFUSED",
    "413, EntityTooLarge, STORE_REFUSED",
  })
  void put_finalAnswer_isNotRepeated(int status, String code, Reason reason) {
    server.then(server.answer(status, code));
    TransferException error = failureOf(put());
    assertThat(error.reason()).isEqualTo(reason);
    assertThat(error.getMessage()).contains("bucket").contains(code).doesNotContain("hidden");
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void put_clockTooWrong_stopsTheAgentAndNamesTheClock() {
    server.then(server.answer(403, "RequestTimeTooSkewed"));
    TransferException error = failureOf(put());
    assertThat(error.reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(error).hasMessageContaining("clock");
  }

  @ParameterizedTest
  @CsvSource({"2499999, tag", "2500000, other"})
  void put_storeHasSomethingElse_isNotStored(long length, String tag) {
    server.then(server.take()).then(server.head(length, tag));
    TransferException error = failureOf(put());
    assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(error).hasMessageContaining("expected: 2500000 bytes");
  }

  @Test
  void put_sourceFails_isNotRepeated() {
    server.then(server.take());
    TransferException changed =
        new TransferException(Reason.SOURCE_CHANGED, "as the test wants it");
    MemorySource source = new MemorySource("src", content).failFinish(changed);
    assertThat(failureOf(store.put("k", source, new Cancellation()))).isSameAs(changed);
    assertThat(source.opens()).isEqualTo(1).isEqualTo(source.closes());
    assertThat(server.bodies()).isEmpty();
  }

  @Test
  void put_serverDoesNotTakeTheBody_readsNoFurtherAndEndsWhenCancelled() throws Exception {
    CompletableFuture<Void> paused = new CompletableFuture<>();
    server.then(
        request -> {
          request.pause();
          paused.complete(null);
        });
    byte[] big = new byte[40_000_000];
    MemorySource source = new MemorySource("src", big);
    Cancellation cancellation = new Cancellation();
    Future<StoredObject> put = store.put("k", source, cancellation);
    paused.get(60, TimeUnit.SECONDS);
    TransferException lost = new TransferException(Reason.LEASE_LOST, "x");
    cancellation.cancel(lost);
    assertThat(failureOf(put)).isSameAs(lost);
    assertThat(source.opens()).isEqualTo(source.closes());
    assertThat(source.finishes()).isZero();
  }

  @Test
  void get_cutMidway_startsAnewAndBringsAll() throws Exception {
    server.then(server.giveSomeAndHangUp(content, LENGTH / 2)).then(server.give(content));
    MemorySink sink = new MemorySink("dst", LENGTH);
    StoredObject got = await(store.get("k", sink, new Cancellation()));
    assertThat(got.sha256()).isEqualTo(sha256(content));
    assertThat(sink.content()).isEqualTo(content);
    assertThat(sink.opens()).isEqualTo(2).isEqualTo(sink.closes());
    assertThat(sink.finishes()).isEqualTo(1);
  }

  @Test
  void get_cutForEver_isUnavailable() {
    server.then(server.giveSomeAndHangUp(content, LENGTH / 2));
    MemorySink sink = new MemorySink("dst", LENGTH);
    TransferException error = failureOf(store.get("k", sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(server.seen()).hasSize(3);
    assertThat(sink.opens()).isEqualTo(sink.closes());
    assertThat(sink.finishes()).isZero();
  }

  @Test
  void get_shorterObject_isBadAndNotWritten() {
    server.then(server.give(new byte[1000]));
    MemorySink sink = new MemorySink("dst", LENGTH);
    TransferException error = failureOf(store.get("k", sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.OBJECT_BAD);
    assertThat(error.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(sink.opens()).isZero();
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void get_bodyWithoutAnnouncedLength_isCheckedAtTheEnd() {
    server.then(
        request ->
            request.response().setChunked(true).end(Buffer.buffer(new byte[LENGTH + 300_000])));
    MemorySink sink = new MemorySink("dst", LENGTH);
    TransferException error = failureOf(store.get("k", sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.OBJECT_BAD);
    assertThat(sink.finishes()).isZero();
    assertThat(sink.opens()).isEqualTo(sink.closes());
  }

  @Test
  void get_stalled_timesOutAsUnavailable() throws Exception {
    S3Timing impatient =
        new S3Timing(
            QUICK.connect(),
            Duration.ofMillis(200),
            QUICK.retryBase(),
            QUICK.throttledBase(),
            QUICK.retryMax());
    server.then(server.giveSomeAndStall(content, LENGTH / 2, () -> {}));
    try (S3ObjectStore other = store(server.endpoint(), impatient)) {
      MemorySink sink = new MemorySink("dst", LENGTH);
      TransferException error = failureOf(other.get("k", sink, new Cancellation()));
      assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
      assertThat(sink.opens()).isEqualTo(sink.closes());
    }
  }

  @Test
  void get_stalledAndCancelled_endsAtOnce() throws Exception {
    CompletableFuture<Void> stalled = new CompletableFuture<>();
    server.then(server.giveSomeAndStall(content, LENGTH / 2, () -> stalled.complete(null)));
    Cancellation cancellation = new Cancellation();
    MemorySink sink = new MemorySink("dst", LENGTH);
    Future<StoredObject> get = store.get("k", sink, cancellation);
    stalled.get(60, TimeUnit.SECONDS);
    TransferException lost = new TransferException(Reason.LEASE_LOST, "x");
    cancellation.cancel(lost);
    assertThat(failureOf(get)).isSameAs(lost);
    assertThat(sink.opens()).isEqualTo(sink.closes());
    assertThat(sink.finishes()).isZero();
  }

  @Test
  void put_nobodyListens_isUnavailable() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    URI nobody = URI.create("http://127.0.0.1:" + port);
    try (S3ObjectStore other = store(nobody, QUICK)) {
      MemorySource source = new MemorySource("src", content);
      TransferException error = failureOf(other.put("k", source, new Cancellation()));
      assertThat(error.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
      assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
      assertThat(error).hasMessageContaining(nobody.toString());
    }
  }

  @Test
  void delete_someRefused_answersWithTheOthers() throws Exception {
    server.then(
        request ->
            request
                .response()
                .end(
                    "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key>"
                        + "<Code>InternalError</Code><Message>m</Message></Error></DeleteResult>"));
    assertThat(await(store.delete(List.of("a", "b")))).containsExactly("a");
  }

  @Test
  void headAndList_refused_stopTheAgent() {
    server.then(server.answer(403, "AccessDenied"));
    assertThat(failureOf(store.head("k")).reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(failureOf(store.list("", null)).reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(failureOf(store.delete(List.of("k"))).reason()).isEqualTo(Reason.ACCESS_DENIED);
  }

  @Test
  void close_callsUnderWay_fail() throws Exception {
    CompletableFuture<Void> stalled = new CompletableFuture<>();
    server.then(server.giveSomeAndStall(content, LENGTH / 2, () -> stalled.complete(null)));
    MemorySink sink = new MemorySink("dst", LENGTH);
    Future<StoredObject> get = store.get("k", sink, new Cancellation());
    stalled.get(60, TimeUnit.SECONDS);
    store.close();
    assertThat(failureOf(get).disposition()).isEqualTo(Disposition.RETRY);
    assertThat(sink.opens()).isEqualTo(sink.closes());
  }

  @Test
  void put_ofAClosedStore_fails() {
    store.close();
    assertThat(failureOf(put()).disposition()).isEqualTo(Disposition.RETRY);
  }

  private Future<StoredObject> put() {
    return store.put("job/1/0.1", new MemorySource("src", content), new Cancellation());
  }

  private S3ObjectStore store(URI endpoint, S3Timing timing) {
    return S3ObjectStore.open(
        vertx, new S3Config(endpoint, "auto", "bucket", "access", "hidden", 4), timing);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static TransferException failureOf(Future<?> future) {
    try {
      throw new AssertionError("succeeded with " + await(future));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(TransferException.class);
      return (TransferException) e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
