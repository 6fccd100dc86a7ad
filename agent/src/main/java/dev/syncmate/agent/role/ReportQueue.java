// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.ItemResult;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the coordinator in batches, each item until it is answered or its lease is lost.
 *
 * <p>A short linger gathers items, since each call costs the coordinator a few rows whatever its
 * size. One batch is under way at a time, so that items of one task arrive in order.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 *
 * <p><b>Errors.</b> An unanswered batch is sent again: the coordinator answers a repeat the same.
 */
final class ReportQueue<T> {
  private static final Logger LOG = LoggerFactory.getLogger(ReportQueue.class);

  /** How long reports of slices, of which there are many, wait for each other. */
  static final Duration LINGER = Duration.ofMillis(100);

  private static final int BATCH_MAX = 100;
  private static final Duration REPEAT_DELAY = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final Duration linger;
  private final Function<List<T>, Future<BatchReply>> call;
  private final Deque<Entry<T>> waiting = new ArrayDeque<>();
  private boolean scheduled;
  private boolean underWay;

  /**
   * @param linger how long an item waits for others; zero for items that come one by one
   */
  ReportQueue(Scheduler scheduler, Duration linger, Function<List<T>, Future<BatchReply>> call) {
    this.scheduler = scheduler;
    this.linger = linger;
    this.call = call;
  }

  private record Entry<T>(T item, Cancellation cancellation, Promise<ItemResult> answer) {}

  /** Reports the item; fails with the cancellation's cause when that comes first. */
  Future<ItemResult> add(T item, Cancellation cancellation) {
    Promise<ItemResult> answer = Promise.promise();
    waiting.add(new Entry<>(item, cancellation, answer));
    schedule(linger);
    return answer.future();
  }

  private void schedule(Duration delay) {
    if (scheduled || underWay || waiting.isEmpty()) {
      return;
    }
    if (delay.isZero()) {
      flush();
      return;
    }
    scheduled = true;
    scheduler.after(
        delay,
        () -> {
          scheduled = false;
          flush();
        });
  }

  private void flush() {
    List<Entry<T>> batch = nextBatch();
    if (batch.isEmpty()) {
      return;
    }
    underWay = true;
    List<T> items = batch.stream().map(Entry::item).toList();
    Guarded.call(() -> call.apply(items))
        .onComplete(
            reply -> {
              underWay = false;
              schedule(settle(batch, reply));
            });
  }

  /** Answers the items, or puts them back; says when the next batch may go. */
  private Duration settle(List<Entry<T>> batch, AsyncResult<BatchReply> reply) {
    if (reply.succeeded()) {
      answer(batch, reply.result());
      return linger;
    }
    if (!repeatable(reply.cause())) {
      batch.forEach(one -> one.answer().tryFail(reply.cause()));
      return linger;
    }
    LOG.warn("report.repeat items={} cause={}", batch.size(), reply.cause().getMessage());
    for (int i = batch.size() - 1; i >= 0; i--) {
      waiting.addFirst(batch.get(i));
    }
    return REPEAT_DELAY;
  }

  private List<Entry<T>> nextBatch() {
    List<Entry<T>> batch = new ArrayList<>();
    while (batch.size() < BATCH_MAX && !waiting.isEmpty()) {
      Entry<T> next = waiting.remove();
      TransferException cancelled = next.cancellation().cause();
      if (cancelled != null) {
        next.answer().tryFail(cancelled);
      } else {
        batch.add(next);
      }
    }
    return batch;
  }

  private static <T> void answer(List<Entry<T>> batch, BatchReply reply) {
    for (int i = 0; i < batch.size(); i++) {
      if (i < reply.results().size()) {
        batch.get(i).answer().tryComplete(reply.results().get(i));
      } else {
        batch.get(i).answer().tryFail(shortReply(batch.size(), reply.results().size()));
      }
    }
  }

  private static TransferException shortReply(int asked, int answered) {
    return new TransferException(
        Reason.ANSWER_INCOMPLETE,
        "coordinator answered %d of %d items of a batch".formatted(answered, asked));
  }

  private static boolean repeatable(Throwable cause) {
    return !(cause instanceof TransferException e) || e.disposition() == Disposition.RETRY;
  }
}
