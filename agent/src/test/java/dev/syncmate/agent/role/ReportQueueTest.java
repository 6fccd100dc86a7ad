// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.ItemResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportQueueTest {
  private static final Duration LINGER = Duration.ofMillis(100);

  private final ManualScheduler scheduler = new ManualScheduler();
  private final List<List<String>> calls = new ArrayList<>();
  private final Deque<Future<BatchReply>> answers = new ArrayDeque<>();
  private int throwing;
  private final ReportQueue<String> queue =
      new ReportQueue<>(
          scheduler,
          LINGER,
          items -> {
            calls.add(items);
            if (throwing-- > 0) {
              Rig.bug();
            }
            return answers.isEmpty() ? Future.succeededFuture(Rig.ok(items)) : answers.remove();
          });

  private Future<ItemResult> add(String item) {
    return queue.add(item, new Cancellation());
  }

  @Test
  void add_severalWithinTheLinger_goInOneCall() {
    Future<ItemResult> first = add("1-0");
    Future<ItemResult> second = add("1-1");
    assertThat(calls).isEmpty();
    scheduler.advance(LINGER);

    assertThat(calls).containsExactly(List.of("1-0", "1-1"));
    assertThat(first.result().id()).isEqualTo("1-0");
    assertThat(second.result().id()).isEqualTo("1-1");
  }

  @Test
  void add_moreThanABatch_goesInTwoCallsInOrder() {
    for (int i = 0; i < 101; i++) {
      add("1-" + i);
    }
    scheduler.advance(LINGER.multipliedBy(2));

    assertThat(calls).hasSize(2);
    assertThat(calls.get(0)).hasSize(100).startsWith("1-0");
    assertThat(calls.get(1)).containsExactly("1-100");
  }

  @Test
  void add_whileACallIsUnderWay_waitsForItsEnd() {
    Promise<BatchReply> first = Promise.promise();
    answers.add(first.future());
    add("1-0");
    scheduler.advance(LINGER);
    add("1-1");
    scheduler.advance(Duration.ofMinutes(1));
    assertThat(calls).hasSize(1);
    first.complete(Rig.ok(List.of("1-0")));
    scheduler.advance(LINGER);

    assertThat(calls).containsExactly(List.of("1-0"), List.of("1-1"));
  }

  @Test
  void call_unanswered_isRepeatedWithTheSameItemsFirst() {
    answers.add(Rig.unanswered());
    Future<ItemResult> first = add("1-0");
    scheduler.advance(LINGER);
    Future<ItemResult> later = add("1-1");
    assertThat(first.isComplete()).isFalse();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(calls).containsExactly(List.of("1-0"), List.of("1-0", "1-1"));
    assertThat(first.succeeded()).isTrue();
    assertThat(later.succeeded()).isTrue();
  }

  @Test
  void call_refused_failsItsItemsAndGoesOnWithOthers() {
    TransferException refused = new TransferException(Reason.SESSION_UNKNOWN, "no such session");
    answers.add(Future.failedFuture(refused));
    Future<ItemResult> first = add("1-0");
    scheduler.advance(LINGER);
    Future<ItemResult> later = add("1-1");
    scheduler.advance(LINGER);

    assertThat(first.cause()).isSameAs(refused);
    assertThat(later.succeeded()).isTrue();
  }

  @Test
  void answer_tooShort_failsTheItemsWithoutOne() {
    answers.add(Future.succeededFuture(Rig.ok(List.of("1-0"))));
    Future<ItemResult> first = add("1-0");
    Future<ItemResult> second = add("1-1");
    scheduler.advance(LINGER);

    assertThat(first.succeeded()).isTrue();
    assertThat(second.cause()).hasMessageContaining("1 of 2 items");
  }

  @Test
  void item_leaseLostWhileItWaits_isNotReported() {
    Cancellation cancellation = new Cancellation();
    Future<ItemResult> lost = queue.add("1-0", cancellation);
    TransferException cause = new TransferException(Reason.LEASE_LOST, "lost");
    cancellation.cancel(cause);
    Future<ItemResult> kept = add("1-1");
    scheduler.advance(LINGER);

    assertThat(lost.cause()).isSameAs(cause);
    assertThat(kept.succeeded()).isTrue();
    assertThat(calls).containsExactly(List.of("1-1"));
  }

  @Test
  void item_leaseLostBetweenRepeats_isLeftOutOfTheRepeat() {
    answers.add(Rig.unanswered());
    Cancellation cancellation = new Cancellation();
    Future<ItemResult> lost = queue.add("1-0", cancellation);
    add("1-1");
    scheduler.advance(LINGER);
    cancellation.cancel(new TransferException(Reason.LEASE_LOST, "lost"));
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(lost.failed()).isTrue();
    assertThat(calls).containsExactly(List.of("1-0", "1-1"), List.of("1-1"));
  }

  @Test
  void call_throws_isRepeated() {
    throwing = 1;
    Future<ItemResult> first = add("1-0");
    scheduler.advance(LINGER);
    assertThat(first.isComplete()).isFalse();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(calls).containsExactly(List.of("1-0"), List.of("1-0"));
    assertThat(first.succeeded()).isTrue();
  }
}
