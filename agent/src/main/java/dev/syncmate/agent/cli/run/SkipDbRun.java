// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.Signals;
import dev.syncmate.agent.cli.terminal.ByteText;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.plan.Planner;
import dev.syncmate.agent.relay.RelayOptions;
import dev.syncmate.agent.relay.RelayReceiver;
import dev.syncmate.agent.relay.RelayResult;
import dev.syncmate.agent.relay.RelaySender;
import dev.syncmate.schema.Role;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code send} or {@code recv} without a coordinator.
 *
 * <p><b>Threads.</b> Blocks the caller.
 */
public final class SkipDbRun {
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(5);

  private final AgentRequest request;
  private final RelayOptions options;
  private final Console console;
  private final Cancellation cancellation = new Cancellation();
  private final AtomicReference<Signals.@Nullable Kind> stopped = new AtomicReference<>();

  /**
   * @param pollInterval between two listings of the bucket
   */
  public SkipDbRun(AgentRequest request, Duration pollInterval, Console console) {
    this.request = request;
    this.options = new RelayOptions(request.options().transfersMax(), pollInterval);
    this.console = console;
  }

  /** Moves objects, once the plan and the bucket are there. */
  @FunctionalInterface
  private interface Work {
    RelayResult run(ObjectStore store) throws InterruptedException;
  }

  /**
   * Sends what this host has.
   *
   * @param overwrite also what lies in the bucket with the right size
   */
  public ExitCode send(PathMap paths, boolean overwrite) throws Exception {
    return run(new Planner(paths::map), plan -> sending(plan, paths, overwrite));
  }

  private Work sending(JobPlan plan, PathMap paths, boolean overwrite) {
    RelaySender.Order order =
        new RelaySender.Order(
            plan.submission().jobId(), plan.files(), plan.submission().windowBytes(), overwrite);
    return store ->
        new RelaySender(store, paths::map, Wiring::provedSlice, console::say)
            .send(order, options, cancellation);
  }

  /**
   * Receives what lies in the bucket.
   *
   * @param once end when all of it was looked at
   */
  public ExitCode receive(RecvRequest where, boolean once) throws Exception {
    return run(JobPlan.ofEveryHost(), plan -> receiving(plan, where, once));
  }

  private Work receiving(JobPlan plan, RecvRequest where, boolean once) {
    RelayReceiver.Parts parts = RecvSetup.relayParts(where, plan);
    RelayReceiver.Order order =
        new RelayReceiver.Order(
            plan.submission().jobId(), plan.files(), once, where.deleteRemote());
    return store ->
        new RelayReceiver(store, parts, console::say).receive(order, options, cancellation);
  }

  private ExitCode run(Planner planner, Function<JobPlan, Work> working) throws Exception {
    JobPlan plan = JobPlan.make(Objects.requireNonNull(request.job()), planner, console);
    if (plan.files().isEmpty()) {
      return plan.sayEmpty(console);
    }
    Work work = working.apply(plan);
    console.warn(
        "--skip-db: no SHA-256 travels with the objects; a file is proved by its size and its"
            + " sample digest alone");
    Signals.handle(this::onSignal);
    Vertx vertx = Wiring.vertx();
    try (RunMeters meters = new RunMeters(vertx);
        ObjectStore store =
            Wiring.agentStore(vertx, request.store(), options.transfersMax(), meters.registry())) {
      progress(vertx, meters::transferredBytes);
      return report(work.run(store), plan);
    } catch (TransferException e) {
      Signals.Kind kind = stopped.get();
      if (kind == null) {
        throw e;
      }
      return kind == Signals.Kind.INTERRUPT ? ExitCode.INTERRUPTED : ExitCode.SOME_FAILED;
    } finally {
      vertx.close();
    }
  }

  private void onSignal(Signals.Kind kind) {
    stopped.compareAndSet(null, kind);
    console.say("stopping: what is under way is dropped; the next run goes on from here");
    cancellation.cancel(new TransferException(Reason.INTERRUPTED, "stopped by a signal"));
  }

  private void progress(Vertx vertx, LongSupplier movedBytes) {
    String verb = sends() ? "send" : "recv";
    long[] before = {0};
    vertx.setPeriodic(
        PROGRESS_INTERVAL.toMillis(),
        timer -> {
          long now = movedBytes.getAsLong();
          long rate = (now - before[0]) / PROGRESS_INTERVAL.toSeconds();
          if (rate > 0) {
            console.say(
                "%s: %s moved, %s/s".formatted(verb, ByteText.size(now), ByteText.size(rate)));
          }
          before[0] = now;
        });
  }

  private ExitCode report(RelayResult result, JobPlan plan) {
    boolean done = sends() ? sentAll(result) : result.missing() == 0;
    if (request.json()) {
      console.json(result);
    } else if (done && result.moved() == 0 && result.failed() == 0) {
      console.result(
          "nothing to transfer: %d files %s"
              .formatted(
                  result.thereBefore(),
                  sends() ? "lie in the bucket already" : "are at the destination already"));
    } else {
      console.result(
          (sends()
                  ? "sent %d files (%s); %d lay in the bucket before, %d are not on this host, %d failed"
                  : "placed %d files (%s); %d were there before, %d are not in the bucket, %d failed")
              .formatted(
                  result.moved(),
                  ByteText.size(result.movedBytes()),
                  result.thereBefore(),
                  result.missing(),
                  result.failed()));
    }
    boolean ok = done && result.failed() == 0 && plan.errors() == 0;
    return ok ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  /** Files of other hosts are theirs to send; that no file is here is a wrong path map. */
  private boolean sentAll(RelayResult result) {
    boolean nothingIsHere = result.moved() + result.thereBefore() + result.failed() == 0;
    if (nothingIsHere) {
      console.say("none of the files is on this host: check paths in the configuration");
    }
    return !nothingIsHere;
  }

  private boolean sends() {
    return request.options().identity().role() == Role.SEND;
  }
}
