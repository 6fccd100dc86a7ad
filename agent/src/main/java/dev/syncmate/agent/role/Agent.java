// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent: a session and the loops of its role, until it drains.
 *
 * <p><b>Threads.</b> Confined to the Vert.x context that made it; disks, digests and mounts are
 * used on the given worker pool.
 *
 * <p><b>Errors.</b> What no repeat can heal completes {@link #fatal()}; everything else is retried,
 * reported to the coordinator, or left to other agents.
 */
public final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final Duration DRAIN_CHECK = Duration.ofMillis(50);

  /** How long held work may take to be given back once its time to finish is over. */
  private static final Duration GIVE_BACK_TIMEOUT = Duration.ofSeconds(2);

  /** After so many received slices objects are deleted at once: the window may wait for it. */
  private static final int GARBAGE_BATCH = 16;

  private final Scheduler scheduler;
  private final LeaseKeeper keeper;
  private final Promise<TransferException> fatal = Promise.promise();
  private final Promise<Void> drainOrdered = Promise.promise();
  private final List<TransferLoop> transfers = new ArrayList<>();
  private final List<PollLoop> polls = new ArrayList<>();
  private @Nullable Garbage garbage;
  private @Nullable Sweeping sweeping;
  private @Nullable Future<Void> draining;

  /**
   * What an agent works with.
   *
   * @param transferredBytes bytes of slices moved so far
   * @param send null: it doesn't send
   * @param recv null: it doesn't receive
   */
  public record Parts(
      Coordinator coordinator,
      ObjectStore store,
      Blocking blocking,
      LongSupplier transferredBytes,
      @Nullable SendParts send,
      @Nullable RecvParts recv) {}

  Agent(AgentOptions options, Parts parts, Scheduler scheduler) {
    this.scheduler = scheduler;
    keeper =
        new LeaseKeeper(
            parts.coordinator(),
            scheduler,
            options.identity(),
            parts.transferredBytes(),
            this::onFatal);
    keeper.onDrainOrdered(drainOrdered::tryComplete);
    Loops loops =
        new Loops(parts.coordinator(), keeper, scheduler, parts.blocking(), this::onFatal);
    if (parts.send() != null) {
      addSend(loops, options, parts, parts.send());
    }
    if (parts.recv() != null) {
      addRecv(loops, options, parts, parts.recv());
    }
  }

  /** An agent on the current Vert.x context. */
  public static Agent on(Vertx vertx, AgentOptions options, Parts parts) {
    return new Agent(options, parts, new VertxScheduler(vertx));
  }

  private void addSend(Loops loops, AgentOptions options, Parts parts, SendParts send) {
    ReachableZones zones =
        new ReachableZones(send.paths(), send.zones(), parts.blocking(), scheduler);
    TransferLoop uploads =
        new TransferLoop(
            loops,
            new Uploads(parts.store(), send.slices()),
            zones,
            options.transfersMax(),
            () -> {});
    Resolving resolving = new Resolving(loops, zones, send.check(), uploads::wake);
    transfers.add(uploads);
    polls.add(new PollLoop("resolve", loops, resolving::step));
  }

  private void addRecv(Loops loops, AgentOptions options, Parts parts, RecvParts recv) {
    ReachableZones none = new ReachableZones(Path::of, Map.of(), parts.blocking(), scheduler);
    Placings placings = new Placings(loops, recv.placer());
    PollLoop placing = new PollLoop("place", loops, placings::step);
    Garbage collected = new Garbage(loops, parts.store());
    PollLoop collecting = new PollLoop("garbage", loops, collected::step);
    Sweeping sweeps = new Sweeping(loops, parts.store(), collecting::wake);
    AtomicInteger received = new AtomicInteger();
    transfers.add(
        new TransferLoop(
            loops,
            new Downloads(parts.store(), recv.staging(), parts.blocking()),
            none,
            options.transfersMax(),
            () -> {
              placing.wake();
              if (recv.deleteRemote() && received.incrementAndGet() % GARBAGE_BATCH == 0) {
                collecting.wake();
              }
            }));
    polls.add(placing);
    if (recv.deleteRemote()) {
      polls.add(collecting);
      polls.add(new PollLoop("sweep", loops, sweeps::step));
      garbage = collected;
      sweeping = sweeps;
    }
  }

  /** Opens the session and begins to work. */
  public Future<Void> start() {
    return keeper
        .open()
        .onSuccess(
            opened -> {
              transfers.forEach(TransferLoop::wake);
              polls.forEach(PollLoop::wake);
            });
  }

  /** Completes with a failure that concerns the whole agent, if one comes. */
  public Future<TransferException> fatal() {
    return fatal.future();
  }

  /** Completes when the coordinator tells this agent to leave; the caller then drains it. */
  public Future<Void> drainOrdered() {
    return drainOrdered.future();
  }

  /**
   * Looks for objects nobody knows and deletes all that may be deleted by now, where this agent
   * deletes any.
   */
  public Future<Void> collectGarbage() {
    Garbage collected = garbage;
    Sweeping sweeps = sweeping;
    return collected == null || sweeps == null
        ? Future.succeededFuture()
        : sweeps.all().recover(Agent::unswept).compose(swept -> deleteAll(collected));
  }

  /** What is left lies there until the next sweep; the work is done all the same. */
  private static Future<Void> unswept(Throwable cause) {
    LOG.warn("sweep.failed cause={}", cause.getMessage());
    return Future.succeededFuture();
  }

  private static Future<Void> deleteAll(Garbage collected) {
    return collected.step().compose(more -> more ? deleteAll(collected) : Future.succeededFuture());
  }

  /** Slices and files in work. */
  public int leasesHeld() {
    return keeper.leases().count();
  }

  /**
   * Takes nothing new, lets held work finish for so long, gives the rest back, ends the session.
   * Repeated calls share the first one's end; a shorter time then is ignored.
   */
  public Future<Void> drain(Duration timeout) {
    Future<Void> already = draining;
    if (already != null) {
      return already;
    }
    LOG.info("agent.drain leases={} timeout_ms={}", keeper.leases().count(), timeout.toMillis());
    transfers.forEach(TransferLoop::stop);
    polls.forEach(PollLoop::stop);
    Promise<Void> done = Promise.promise();
    draining = done.future();
    awaitIdle(scheduler.nanoTime() + timeout.toNanos(), done);
    return done.future();
  }

  /** Cancels held work now; used when the user insists. */
  public void abandon() {
    keeper.leases().cancelAll(drained());
  }

  private void awaitIdle(long deadlineNanos, Promise<Void> done) {
    boolean idle =
        transfers.stream().allMatch(loop -> loop.underWay() == 0)
            && polls.stream().noneMatch(PollLoop::running);
    if (idle) {
      keeper.close().onComplete(done);
      return;
    }
    if (scheduler.nanoTime() - deadlineNanos >= 0) {
      if (keeper.leases().count() == 0) {
        // Giving back takes too long: the session's end does it all at once.
        keeper.close().onComplete(done);
        return;
      }
      LOG.warn("agent.drain_timeout leases={}", keeper.leases().count());
      keeper.leases().cancelAll(drained());
      scheduler.after(
          DRAIN_CHECK, () -> awaitIdle(scheduler.nanoTime() + GIVE_BACK_TIMEOUT.toNanos(), done));
      return;
    }
    scheduler.after(DRAIN_CHECK, () -> awaitIdle(deadlineNanos, done));
  }

  private static TransferException drained() {
    return new TransferException(Reason.DRAINED, "the agent is leaving; the task goes to another");
  }

  private void onFatal(TransferException cause) {
    if (fatal.tryComplete(cause)) {
      LOG.error("agent.fatal reason={} cause={}", cause.reason().word(), cause.getMessage());
    }
  }
}
