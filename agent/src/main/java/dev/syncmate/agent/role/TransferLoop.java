// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.role.ReachableZones.Reached;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.Problem;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tasks of one direction, moves up to {@code transfersMax} at once, and reports each.
 *
 * <p><b>Threads.</b> Confined to the agent's context; the work itself runs elsewhere.
 *
 * <p><b>Errors.</b> Every taken lease ends in exactly one of: completed, failed, released, or lost.
 * A full disk pauses this loop and gives the task back uncounted. A refusal that concerns the whole
 * agent goes to the fatal handler.
 */
final class TransferLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TransferLoop.class);
  private static final Duration NO_SPACE_PAUSE = Duration.ofSeconds(30);
  private static final int TAKE_TASKS_MAX = 100;

  /** The largest number the contract knows: the tasks are what limits a take. */
  private static final long TAKE_BYTES_MAX = 9_007_199_254_740_991L;

  private final Coordinator coordinator;
  private final LeaseKeeper keeper;
  private final Scheduler scheduler;
  private final SliceWork work;
  private final ReachableZones zones;
  private final int transfersMax;
  private final Consumer<TransferException> fatal;
  private final Runnable moved;
  private final ReportQueue<CompletedTask> completions;
  private final ReportQueue<FailedTask> failures;
  private final ReportQueue<HeldLease> releases;
  private final TakeId takeId = new TakeId();
  private final DearZones dearZones;

  private int underWay;
  private boolean taking;
  private boolean stopped;
  private long notBeforeNanos;
  private @Nullable WaitReason waitingFor;
  private Scheduler.@Nullable Timer timer;

  TransferLoop(
      Loops loops, SliceWork work, ReachableZones zones, int transfersMax, Runnable moved) {
    this.coordinator = loops.coordinator();
    this.keeper = loops.keeper();
    this.scheduler = loops.scheduler();
    this.fatal = loops.fatal();
    this.work = work;
    this.zones = zones;
    this.transfersMax = transfersMax;
    this.moved = moved;
    this.notBeforeNanos = scheduler.nanoTime();
    this.dearZones = new DearZones(scheduler);
    completions = queue(items -> coordinator.complete(new CompleteBatch(session(), items)));
    failures = queue(items -> coordinator.fail(new FailBatch(session(), items)));
    releases = queue(items -> coordinator.release(new ReleaseBatch(session(), items)));
  }

  private <T> ReportQueue<T> queue(Function<List<T>, Future<BatchReply>> call) {
    return new ReportQueue<>(
        scheduler,
        items -> {
          try {
            return call.apply(items);
          } catch (TransferException noSession) {
            return Future.failedFuture(noSession);
          }
        });
  }

  private String session() {
    String id = keeper.sessionId();
    if (id == null) {
      throw new TransferException(Reason.SESSION_MISSING, "no session is open");
    }
    return id;
  }

  /** Takes work if there is room; safe to call at any time. */
  void wake() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (stopped || taking) {
      return;
    }
    long pause = notBeforeNanos - scheduler.nanoTime();
    int room = transfersMax - underWay;
    if (pause > 0 || !keeper.mayTake()) {
      again(pause > 0 ? Duration.ofNanos(pause) : keeper.pollInterval());
    } else if (room >= Math.max(1, transfersMax / 4)) {
      take(room);
    }
  }

  /** Takes nothing more. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Slices taken and not yet settled. */
  int underWay() {
    return underWay + (taking ? 1 : 0);
  }

  private void again(Duration delay) {
    if (!stopped && timer == null) {
      timer = scheduler.after(delay, this::wake);
    }
  }

  private void take(int room) {
    taking = true;
    zones()
        .compose(
            reached ->
                work.freeBytes()
                    .compose(
                        free ->
                            coordinator.take(
                                new LeaseRequest(
                                    session(),
                                    takeId.get(),
                                    work.direction(),
                                    Math.min(room, TAKE_TASKS_MAX),
                                    TAKE_BYTES_MAX,
                                    reached.cheap(),
                                    reached.dear().isEmpty() ? null : reached.dear(),
                                    work.direction() == Direction.SEND ? null : free))))
        .onComplete(
            answer -> {
              taking = false;
              if (answer.succeeded()) {
                takeId.done();
                begin(answer.result());
              } else {
                onTakeFailed(answer.cause());
              }
            });
  }

  /** What was sent can be received anywhere: only sources lie in zones. */
  private Future<Reached> zones() {
    return work.direction() == Direction.SEND
        ? zones.reachable(keeper.zones()).map(reached -> dearZones.choose(reached))
        : Future.succeededFuture(new Reached(List.of(), List.of()));
  }

  private void begin(LeaseReply reply) {
    for (Lease lease : reply.leases()) {
      if (!keeper.leases().holds(lease)) {
        move(lease);
      }
    }
    if (!reply.leases().isEmpty()) {
      waitingFor = null;
      dearZones.onTaken();
      wake();
      return;
    }
    Wait waiting = reply.waiting();
    if (dearZones.onEmpty(waiting)) {
      wake();
      return;
    }
    Duration delay =
        waiting == null ? keeper.pollInterval() : Duration.ofMillis(waiting.retryAfterMs());
    if (waiting != null && waiting.reason() == WaitReason.NOT_REACHABLE && !dearZones.leftOut()) {
      keeper.refresh();
    }
    tell(waiting == null ? WaitReason.NO_WORK : waiting.reason());
    again(delay);
  }

  /** Says once why there is no work, not at every poll. */
  private void tell(WaitReason reason) {
    if (reason == waitingFor) {
      return;
    }
    waitingFor = reason;
    switch (reason) {
      case NO_SPACE ->
          LOG.warn(
              "take.no_space: no file waits that fits into the free space of this host's staging;"
                  + " free some, or give a larger --cache-dir or --dest-dir");
      case FAILING ->
          LOG.warn(
              "take.failing direction={}: the last tasks all failed here (slice.failed says why);"
                  + " the coordinator gives this agent one a minute until one succeeds",
              work.direction());
      default -> LOG.info("take.waiting direction={} why={}", work.direction(), reason);
    }
  }

  private void onTakeFailed(Throwable cause) {
    if (cause instanceof TransferException e && e.disposition() == Disposition.STOP_AGENT) {
      fatal.accept(e);
      return;
    }
    if (cause instanceof TransferException e && e.disposition() == Disposition.ABANDON_LEASE) {
      takeId.done();
      keeper.refresh();
    }
    LOG.warn("take.failed direction={} cause={}", work.direction(), cause.getMessage());
    again(keeper.pollInterval());
  }

  private void move(Lease lease) {
    Cancellation cancellation = keeper.leases().hold(lease);
    underWay++;
    LOG.debug(
        "slice.begin direction={} task={} epoch={} bytes={}",
        work.direction(),
        lease.taskId(),
        lease.leaseEpoch(),
        lease.lengthBytes());
    Future.future(
            (io.vertx.core.Promise<CompletedTask> p) ->
                work.move(lease, cancellation).onComplete(p))
        .compose(done -> completions.add(done, cancellation))
        .compose(result -> accepted(lease, result))
        .recover(cause -> settleFailure(lease, cancellation, cause))
        .onComplete(
            ignored -> {
              keeper.leases().letGo(lease);
              underWay--;
              wake();
            });
  }

  private Future<Void> accepted(Lease lease, ItemResult result) {
    if (result.outcome() == ItemOutcome.OK) {
      LOG.debug("slice.done direction={} task={}", work.direction(), lease.taskId());
      moved.run();
      return Future.succeededFuture();
    }
    Problem problem = result.problem();
    LOG.warn(
        "slice.refused direction={} task={} epoch={} why={}",
        work.direction(),
        lease.taskId(),
        lease.leaseEpoch(),
        problem == null ? "no reason given" : problem.detail());
    return Future.succeededFuture();
  }

  private Future<Void> settleFailure(Lease lease, Cancellation cancellation, Throwable cause) {
    if (cause instanceof TransferException e) {
      if (e.disposition() == Disposition.ABANDON_LEASE) {
        LOG.warn("slice.abandoned task={} cause={}", lease.taskId(), e.getMessage());
        return Future.succeededFuture();
      }
      if (e.disposition() == Disposition.STOP_AGENT) {
        fatal.accept(e);
        return giveBack(lease);
      }
      if (e.reason() == Reason.DRAINED) {
        return giveBack(lease);
      }
      if (e.reason() == Reason.NO_SPACE) {
        LOG.error("host.full task={} cause={}", lease.taskId(), e.getMessage());
        notBeforeNanos = scheduler.nanoTime() + NO_SPACE_PAUSE.toNanos();
        return giveBack(lease);
      }
    }
    LOG.warn("slice.failed task={} cause={}", lease.taskId(), text(cause));
    LOG.debug("slice.failed", cause);
    return Failures.toFailedTask(lease, cause)
        .map(failed -> failures.add(failed, cancellation))
        .orElseGet(Future::succeededFuture)
        .<Void>mapEmpty()
        .recover(
            e -> {
              LOG.warn("slice.fail_unreported task={} cause={}", lease.taskId(), e.getMessage());
              return Future.succeededFuture();
            });
  }

  private Future<Void> giveBack(Lease lease) {
    return releases
        .add(new HeldLease(lease.taskId(), lease.leaseEpoch()), new Cancellation())
        .<Void>mapEmpty()
        .recover(e -> Future.succeededFuture());
  }

  /** What people read: of our own failures the message says all. */
  private static String text(Throwable cause) {
    return cause instanceof TransferException
        ? String.valueOf(cause.getMessage())
        : cause.toString();
  }
}
