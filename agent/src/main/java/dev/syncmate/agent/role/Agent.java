// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.schema.JobSubmission;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  /** After so many received slices objects are deleted at once: the window may wait for it. */
  private static final int GARBAGE_BATCH = 16;

  private final AgentOptions options;
  private final Parts parts;
  private final LeaseKeeper keeper;
  private final Loops shared;
  private final List<Loop> loops = new ArrayList<>();
  private final Drain drain;
  private @Nullable Leaving leaving;

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
    this.options = options;
    this.parts = parts;
    FolderIds folders = parts.recv() == null ? FolderIds.NONE : parts.recv().folders();
    keeper =
        new LeaseKeeper(
            parts.coordinator(),
            scheduler,
            () -> options.identity().newRegistration(folders),
            parts.transferredBytes());
    shared = new Loops(parts.coordinator(), keeper, scheduler, parts.blocking());
    drain = new Drain(keeper, scheduler, loops);
    if (parts.send() != null) {
      send(parts.send());
    }
    if (parts.recv() != null) {
      receive(parts.recv());
    }
  }

  /** An agent on the current Vert.x context. */
  public static Agent on(Vertx vertx, AgentOptions options, Parts parts) {
    return new Agent(options, parts, new VertxScheduler(vertx));
  }

  private void send(SendParts send) {
    ReachableZones zones = new ReachableZones(shared, send.paths(), send.zones());
    Uploads work =
        new Uploads(parts.store(), send.slices(), new DearZones(shared, zones), parts.blocking());
    Loop uploads = new TransferLoop(shared, work, options.transfersMax(), () -> {});
    loops.add(uploads);
    loops.add(
        new PollLoop("resolve", shared, new Resolving(shared, zones, send.check(), uploads::wake)));
    loops.add(new PollLoop("prove", shared, new Proving(shared, zones, send.proof())));
  }

  private void receive(RecvParts recv) {
    Loop placing = new PollLoop("place", shared, new Placings(shared, recv.placer()));
    Downloads work = new Downloads(parts.store(), recv.staging(), parts.blocking());
    Runnable received = recv.deleteRemote() ? deleteReceived() : () -> {};
    Runnable moved =
        () -> {
          placing.wake();
          received.run();
        };
    loops.add(new TransferLoop(shared, work, options.transfersMax(), moved));
    loops.add(placing);
  }

  /** Adds what deletes objects; answers with what to do after each received slice. */
  private Runnable deleteReceived() {
    Garbage garbage = new Garbage(parts.coordinator(), parts.store());
    PollLoop deleting = new PollLoop("garbage", shared, garbage);
    Sweeping sweeps = new Sweeping(parts.coordinator(), parts.store(), deleting::wake);
    PollLoop sweeping = new PollLoop("sweep", shared, sweeps, () -> keeper.terms().lease());
    loops.add(deleting);
    loops.add(sweeping);
    leaving = new Leaving(shared, sweeps, deleting);
    AtomicInteger received = new AtomicInteger();
    return () -> {
      if (received.incrementAndGet() % GARBAGE_BATCH == 0) {
        deleting.wake();
      }
    };
  }

  /** Opens the session; nothing is taken yet. */
  public Future<Void> open() {
    return keeper.open();
  }

  /** The same submission, which makes the job that of this receiver's destination. */
  public JobSubmission claiming(JobSubmission job) {
    return new JobSubmission(
        job.jobId(), job.sliceSizeBytes(), job.windowBytes(), keeper.requireSession());
  }

  /** Begins to take work. */
  public void work() {
    loops.forEach(Loop::wake);
  }

  /** Completes with a failure that concerns the whole agent, if one comes. */
  public Future<TransferException> fatal() {
    return keeper.fatal();
  }

  /** Completes when the coordinator tells this agent to leave; the caller then drains it. */
  public Future<Void> drainOrdered() {
    return keeper.drainOrdered();
  }

  /**
   * Looks for objects nobody knows and deletes them, where this agent deletes any; waits for those
   * that may still come.
   *
   * @param waiting told how long it waits, if so
   */
  public Future<Void> collectGarbage(Consumer<Duration> waiting) {
    return leaving == null ? Future.succeededFuture() : leaving.collect(waiting);
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
    return drain.begin(timeout);
  }

  /** Cancels held work now; used when the user insists. */
  public void abandon() {
    drain.giveBack();
  }
}
