// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store does; each implementation runs it. */
public abstract class ObjectStoreContract {
  private static final int BIG = 3 * 1024 * 1024 + 7;
  private static final long PATIENCE_SECONDS = 60;

  private String prefix;

  /** The store under test; the suite doesn't close it. */
  protected abstract ObjectStore store();

  protected abstract Vertx vertx();

  @BeforeEach
  void choosePrefix() {
    // Stores outlive a test: each has a folder of its own.
    prefix = UUID.randomUUID().toString().substring(0, 8) + "/";
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 131_071, 131_072, 131_073, 262_144, 5_242_880})
  void put_anySize_comesBackWithTheSameDigest(int length) throws Exception {
    byte[] content = bytes(length);
    MemorySource source = new MemorySource("src", content);
    StoredObject put = await(store().put(key("a"), source, new Cancellation()));
    assertThat(put).isEqualTo(new StoredObject(key("a"), length, sha256(content)));
    assertThat(source.opens()).isEqualTo(source.closes()).isPositive();
    assertThat(source.finishes()).isPositive();

    MemorySink sink = new MemorySink("dst", length);
    StoredObject got = await(store().get(key("a"), sink, new Cancellation()));
    assertThat(got).isEqualTo(put);
    assertThat(sink.content()).isEqualTo(content);
    assertThat(sink.finishes()).isEqualTo(1);
    assertThat(sink.opens()).isEqualTo(sink.closes());
  }

  @Test
  void put_sameKeyAgain_replacesTheObject() throws Exception {
    put("a", bytes(1000));
    put("a", "second".getBytes(UTF_8));
    MemorySink sink = new MemorySink("dst", 6);
    await(store().get(key("a"), sink, new Cancellation()));
    assertThat(sink.content()).asString(UTF_8).isEqualTo("second");
  }

  @Test
  void put_manyAtOnce_allComeBack() throws Exception {
    List<Future<StoredObject>> puts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      puts.add(
          store()
              .put(
                  key("n" + i), new MemorySource("s" + i, bytes(200_000 + i)), new Cancellation()));
    }
    await(Future.all(puts));
    for (int i = 0; i < 12; i++) {
      MemorySink sink = new MemorySink("d" + i, 200_000 + i);
      await(store().get(key("n" + i), sink, new Cancellation()));
      assertThat(sink.content()).isEqualTo(bytes(200_000 + i));
    }
  }

  @Test
  void put_sourceChanged_failsWithThatAndLeavesNoObject() throws Exception {
    TransferException changed = failure(Reason.SOURCE_CHANGED);
    MemorySource source = new MemorySource("src", bytes(BIG)).failFinish(changed);
    assertThat(failureOf(store().put(key("a"), source, new Cancellation()))).isSameAs(changed);
    assertThat(source.opens()).isEqualTo(source.closes());
    assertThat(await(store().head(key("a")))).isEmpty();
  }

  @Test
  void put_sourceMissing_failsWithThat() {
    TransferException missing = failure(Reason.SOURCE_MISSING);
    MemorySource source = new MemorySource("src", bytes(10)).failOpen(missing);
    assertThat(failureOf(store().put(key("a"), source, new Cancellation()))).isSameAs(missing);
  }

  @Test
  void put_diskError_isReadFailed() {
    MemorySource source = new MemorySource("src", bytes(BIG)).failRead(new IOException("EIO"));
    TransferException error = failureOf(store().put(key("a"), source, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.READ_FAILED);
    assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(source.opens()).isEqualTo(source.closes());
  }

  @Test
  void put_cancelledBefore_readsNothing() {
    TransferException lost = failure(Reason.LEASE_LOST);
    Cancellation cancellation = new Cancellation();
    cancellation.cancel(lost);
    MemorySource source = new MemorySource("src", bytes(10));
    assertThat(failureOf(store().put(key("a"), source, cancellation))).isSameAs(lost);
    assertThat(source.opens()).isZero();
  }

  @Test
  void put_cancelledMidway_failsWithTheCauseAndLeavesNoObject() throws Exception {
    TransferException lost = failure(Reason.LEASE_LOST);
    Cancellation cancellation = new Cancellation();
    MemorySource source =
        new MemorySource("src", bytes(BIG))
            .onRead(
                done -> {
                  if (done > BIG / 2) {
                    cancellation.cancel(lost);
                  }
                });
    assertThat(failureOf(store().put(key("a"), source, cancellation))).isSameAs(lost);
    assertThat(source.opens()).isEqualTo(1).isEqualTo(source.closes());
    assertThat(await(store().head(key("a")))).isEmpty();
  }

  @Test
  void get_noSuchObject_mustBeSentAgain() {
    MemorySink sink = new MemorySink("dst", 5);
    TransferException error = failureOf(store().get(key("none"), sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.OBJECT_MISSING);
    assertThat(error.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(error).hasMessageContaining(key("none"));
    assertThat(sink.finishes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1001, 2_000_000})
  void get_otherLengthThanTheSink_isABadObject(int sinkLength) throws Exception {
    put("a", bytes(1000));
    MemorySink sink = new MemorySink("dst", sinkLength);
    TransferException error = failureOf(store().get(key("a"), sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.OBJECT_BAD);
    assertThat(error.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(sink.finishes()).isZero();
    assertThat(sink.opens()).isEqualTo(sink.closes());
  }

  @Test
  void get_diskFull_isNoSpace() throws Exception {
    put("a", bytes(BIG));
    MemorySink sink =
        new MemorySink("dst", BIG).failWrite(new IOException("No space left on device"));
    TransferException error = failureOf(store().get(key("a"), sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.NO_SPACE);
    assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    assertThat(sink.opens()).isEqualTo(1).isEqualTo(sink.closes());
  }

  @Test
  void get_syncFails_fails() throws Exception {
    put("a", bytes(10));
    MemorySink sink = new MemorySink("dst", 10).failFinish(new IOException("EIO"));
    TransferException error = failureOf(store().get(key("a"), sink, new Cancellation()));
    assertThat(error.reason()).isEqualTo(Reason.DISK_ERROR);
    assertThat(sink.opens()).isEqualTo(1).isEqualTo(sink.closes());
  }

  @Test
  void get_sinkRefuses_failsWithThat() throws Exception {
    put("a", bytes(10));
    TransferException refusal = failure(Reason.DISK_DENIED);
    MemorySink sink = new MemorySink("dst", 10).failWrite(refusal);
    assertThat(failureOf(store().get(key("a"), sink, new Cancellation()))).isSameAs(refusal);
  }

  @Test
  void get_cancelledMidway_failsWithTheCauseAndWritesNoMore() throws Exception {
    put("a", bytes(BIG));
    TransferException lost = failure(Reason.LEASE_LOST);
    Cancellation cancellation = new Cancellation();
    MemorySink sink = new MemorySink("dst", BIG).onWrite(done -> cancellation.cancel(lost));
    assertThat(failureOf(store().get(key("a"), sink, cancellation))).isSameAs(lost);
    assertThat(sink.opens()).isEqualTo(1).isEqualTo(sink.closes());
    assertThat(sink.finishes()).isZero();
  }

  @Test
  void head_object_tellsItsSize() throws Exception {
    put("a", bytes(1234));
    ObjectInfo info = await(store().head(key("a"))).orElseThrow();
    assertThat(info.key()).isEqualTo(key("a"));
    assertThat(info.sizeBytes()).isEqualTo(1234);
    assertThat(info.etag()).matches("[0-9a-f]{32}");
  }

  @Test
  void head_noSuchObject_isEmpty() throws Exception {
    assertThat(await(store().head(key("none")))).isEmpty();
  }

  @Test
  void list_prefix_yieldsItsObjectsByKey() throws Exception {
    put("x/2", bytes(2));
    put("x/1", bytes(1));
    put("y/3", bytes(3));
    ObjectPage page = await(store().list(key("x/"), null));
    assertThat(page.objects()).extracting(ObjectInfo::key).containsExactly(key("x/1"), key("x/2"));
    assertThat(page.objects()).extracting(ObjectInfo::sizeBytes).containsExactly(1L, 2L);
    assertThat(page.continuation()).isNull();
  }

  @Test
  void lastModified_ofAListing_isThatOfTheObject() throws Exception {
    put("old", bytes(1));
    ObjectInfo listed = await(store().list(key("old"), null)).objects().get(0);
    assertThat(listed.lastModified()).isAfter(Instant.parse("2026-01-01T00:00:00Z"));
    // A header is in whole seconds.
    assertThat(await(store().head(key("old"))).orElseThrow().lastModified())
        .isCloseTo(listed.lastModified(), within(1, ChronoUnit.SECONDS));
  }

  @Test
  void list_noSuchPrefix_isEmpty() throws Exception {
    assertThat(await(store().list(key("none/"), null)).objects()).isEmpty();
  }

  @Test
  void listAndDelete_moreThanAPage_goesOn() throws Exception {
    int count = 1003;
    for (int from = 0; from < count; from += 50) {
      List<Future<StoredObject>> puts = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + 50); i++) {
        MemorySource one = new MemorySource("s", new byte[] {1});
        puts.add(store().put(key("%04d".formatted(i)), one, new Cancellation()));
      }
      await(Future.all(puts));
    }
    ObjectPage first = await(store().list(prefix, null));
    assertThat(first.objects()).hasSize(1000);
    assertThat(first.continuation()).isNotNull();
    ObjectPage second = await(store().list(prefix, first.continuation()));
    assertThat(second.objects())
        .extracting(ObjectInfo::key)
        .containsExactly(key("1000"), key("1001"), key("1002"));
    assertThat(second.continuation()).isNull();

    List<String> keys = first.objects().stream().map(ObjectInfo::key).toList();
    assertThat(await(store().delete(keys))).isEqualTo(keys);
    assertThat(await(store().list(prefix, null)).objects()).hasSize(3);
  }

  @Test
  void delete_presentAndMissing_bothAreGone() throws Exception {
    put("a", bytes(1));
    put("b", bytes(1));
    assertThat(await(store().delete(List.of(key("a"), key("none"), key("a")))))
        .containsExactlyInAnyOrder(key("a"), key("none"));
    assertThat(await(store().head(key("a")))).isEmpty();
    assertThat(await(store().head(key("b")))).isPresent();
  }

  @Test
  void delete_nothing_isFine() throws Exception {
    assertThat(await(store().delete(List.of()))).isEmpty();
  }

  @Test
  void delete_tooManyKeys_isRefused() {
    List<String> keys = java.util.Collections.nCopies(1001, "k");
    assertThatThrownBy(() -> store().delete(keys)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "a+b&c=d", "<x>\"'", "ü/é/日本", "per%20cent", "#1?x"})
  void keys_withOddCharacters_work(String odd) throws Exception {
    put(odd, bytes(3));
    assertThat(await(store().head(key(odd)))).isPresent();
    assertThat(await(store().list(prefix, null)).objects())
        .extracting(ObjectInfo::key)
        .containsExactly(key(odd));
    assertThat(await(store().delete(List.of(key(odd))))).containsExactly(key(odd));
    assertThat(await(store().head(key(odd)))).isEmpty();
  }

  @Test
  void futures_ofACallOnAContext_completeThere() throws Exception {
    Context context = vertx().getOrCreateContext();
    CompletableFuture<Context> seen = new CompletableFuture<>();
    context.runOnContext(
        go ->
            store()
                .put(key("a"), new MemorySource("src", bytes(10)), new Cancellation())
                .onComplete(done -> seen.complete(Vertx.currentContext())));
    assertThat(seen.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(context);
  }

  private void put(String name, byte[] content) throws Exception {
    await(store().put(key(name), new MemorySource("src", content), new Cancellation()));
  }

  private String key(String name) {
    return prefix + name;
  }

  private static TransferException failure(Reason reason) {
    return new TransferException(reason, "as the test wants it");
  }

  /** Waits for the outcome. */
  protected static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits for a failure, which must be a TransferException. */
  protected static TransferException failureOf(Future<?> future) {
    try {
      Object value = await(future);
      throw new AssertionError("succeeded with " + value);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(TransferException.class);
      return (TransferException) e.getCause();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Bytes that differ everywhere, the same for the same length. */
  protected static byte[] bytes(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  protected static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }
}
