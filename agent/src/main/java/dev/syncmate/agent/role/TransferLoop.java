// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.Problem;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Future;
import java.time.Duration;
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
 * agent goes to the keeper.
 */
final class TransferLoop implements Loop {
  private static final Logger LOG = LoggerFactory.getLogger(TransferLoop.class);
  private static final Duration NO_SPACE_PAUSE = Duration.ofSeconds(30);
  private static final int TAKE_TASKS_MAX = 100;

  /** The largest number the contract knows: the tasks are what limits a take. */
  private static final long TAKE_BYTES_MAX = 9_007_199_254_740_991L;

  private final Coordinator coordinator;
  private final LeaseKeeper keeper;
  private final Scheduler scheduler;
  private final SliceWork work;
  private final int transfersMax;
  private final Runnable moved;
  private final SliceReports reports;
  private final Alarm alarm;
  private final TakeId takeId = new TakeId();

  private int underWay;
  private boolean taking;
  private long notBeforeNanos;
  private @Nullable WaitReason waitingFor;

  /**
   * @param moved called when a slice was moved and the coordinator knows
   */
  TransferLoop(Loops loops, SliceWork work, int transfersMax, Runnable moved) {
    this.coordinator = loops.coordinator();
    this.keeper = loops.keeper();
    this.scheduler = loops.scheduler();
    this.work = work;
    this.transfersMax = transfersMax;
    this.moved = moved;
    this.reports = new SliceReports(loops);
    this.alarm = new Alarm(scheduler, this::wake);
    this.notBeforeNanos = scheduler.nanoTime();
  }

  /** Takes work if there is room. */
  @Override
  public void wake() {
    alarm.cancel();
    if (alarm.stopped() || taking) {
      return;
    }
    long pause = notBeforeNanos - scheduler.nanoTime();
    int room = transfersMax - underWay;
    if (pause > 0 || !keeper.mayTake()) {
      alarm.set(pause > 0 ? Duration.ofNanos(pause) : keeper.terms().poll());
    } else if (room >= Math.max(1, transfersMax / 4)) {
      take(room);
    }
  }

  @Override
  public void stop() {
    alarm.stop();
  }

  @Override
  public boolean idle() {
    return underWay() == 0;
  }

  /** Slices taken and not yet settled. */
  int underWay() {
    return underWay + (taking ? 1 : 0);
  }

  private void take(int room) {
    taking = true;
    Guarded.call(work::wanted)
        .compose(wanted -> coordinator.take(request(room, wanted)))
        .onComplete(answer -> taking = false)
        .compose(this::begin)
        .onFailure(this::onTakeFailed);
  }

  private LeaseRequest request(int room, SliceWork.Wanted wanted) {
    return new LeaseRequest(
        keeper.requireSession(),
        takeId.get(),
        work.direction(),
        Math.min(room, TAKE_TASKS_MAX),
        TAKE_BYTES_MAX,
        wanted.zones(),
        wanted.dearZones(),
        wanted.freeBytes());
  }

  private Future<Void> begin(LeaseReply answer) {
    takeId.done();
    for (Lease lease : answer.leases()) {
      if (!keeper.leases().holds(lease)) {
        move(lease);
      }
    }
    if (!answer.leases().isEmpty()) {
      waitingFor = null;
    }
    if (work.answered(answer)) {
      wake();
    } else {
      await(answer.waiting());
    }
    return Future.succeededFuture();
  }

  private void await(@Nullable Wait waiting) {
    tell(waiting == null ? WaitReason.NO_WORK : waiting.reason());
    alarm.set(waiting == null ? keeper.terms().poll() : Duration.ofMillis(waiting.retryAfterMs()));
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
      case OTHER_DESTINATION ->
          LOG.info(
              "take.other_destination: what waits is for another destination than this agent's, or"
                  + " nobody has said yet for which; recv with its two profiles says so");
      default -> LOG.info("take.waiting direction={} why={}", work.direction(), reason);
    }
  }

  private void onTakeFailed(Throwable cause) {
    if (cause instanceof TransferException e && e.disposition() == Disposition.STOP_AGENT) {
      keeper.giveUp(e);
      return;
    }
    if (cause instanceof TransferException e && e.disposition() == Disposition.ABANDON_LEASE) {
      takeId.done();
      keeper.refresh();
    }
    LOG.warn("take.failed direction={} cause={}", work.direction(), cause.getMessage());
    alarm.set(keeper.terms().poll());
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
    Guarded.call(() -> work.move(lease, cancellation))
        .compose(done -> reports.completed(done, cancellation))
        .onSuccess(result -> answered(lease, result))
        .<Void>mapEmpty()
        .recover(cause -> settle(lease, cancellation, cause))
        .onComplete(
            ignored -> {
              keeper.leases().letGo(lease);
              underWay--;
              wake();
            });
  }

  private void answered(Lease lease, ItemResult result) {
    if (result.outcome() == ItemOutcome.OK) {
      LOG.debug("slice.done direction={} task={}", work.direction(), lease.taskId());
      Guarded.tell(moved);
      return;
    }
    Problem problem = result.problem();
    LOG.warn(
        "slice.refused direction={} task={} epoch={} why={}",
        work.direction(),
        lease.taskId(),
        lease.leaseEpoch(),
        problem == null ? "no reason given" : problem.detail());
  }

  private Future<Void> settle(Lease lease, Cancellation cancellation, Throwable cause) {
    if (cause instanceof TransferException e) {
      if (e.disposition() == Disposition.ABANDON_LEASE) {
        LOG.warn("slice.abandoned task={} cause={}", lease.taskId(), e.getMessage());
        return Future.succeededFuture();
      }
      if (e.disposition() == Disposition.STOP_AGENT) {
        keeper.giveUp(e);
        return reports.givenBack(lease);
      }
      if (e.reason() == Reason.DRAINED) {
        return reports.givenBack(lease);
      }
      if (e.reason() == Reason.NO_SPACE) {
        LOG.error("host.full task={} cause={}", lease.taskId(), e.getMessage());
        notBeforeNanos = scheduler.nanoTime() + NO_SPACE_PAUSE.toNanos();
        return reports.givenBack(lease);
      }
    }
    LOG.warn("slice.failed task={} cause={}", lease.taskId(), text(cause));
    LOG.debug("slice.failed", cause);
    return reports.failed(lease, cause, cancellation);
  }

  /** What people read: of our own failures the message says all. */
  private static String text(Throwable cause) {
    return cause instanceof TransferException
        ? String.valueOf(cause.getMessage())
        : cause.toString();
  }
}
