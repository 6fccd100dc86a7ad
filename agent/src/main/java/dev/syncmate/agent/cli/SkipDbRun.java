// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.Planner;
import dev.syncmate.agent.relay.RelayOptions;
import dev.syncmate.agent.relay.RelayReceiver;
import dev.syncmate.agent.relay.RelayResult;
import dev.syncmate.agent.relay.RelaySender;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.Contract;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code send} or {@code recv} without a coordinator.
 *
 * <p><b>Threads.</b> Blocks the caller.
 */
final class SkipDbRun {
  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(5);

  private final AgentRequest request;
  private final SkipDbFlags flags;
  private final Console console;
  private final Cancellation cancellation = new Cancellation();
  private final AtomicReference<Signals.@Nullable Kind> stopped = new AtomicReference<>();

  SkipDbRun(AgentRequest request, SkipDbFlags flags, Console console) {
    this.request = request;
    this.flags = flags;
    this.console = console;
  }

  /** The work itself, once the plan and the bucket are there. */
  @FunctionalInterface
  private interface Work {
    RelayResult run(JobPlan plan, Wiring.AgentStore store, RelayOptions options)
        throws InterruptedException;
  }

  /** Makes the plan: each command knows other things of its host. */
  @FunctionalInterface
  private interface Planning {
    JobPlan plan(PlanFlags flags) throws InterruptedException;
  }

  int send(boolean overwrite) throws Exception {
    PathMap paths = request.config().paths();
    return run(
        flagsOfPlan -> JobPlan.make(flagsOfPlan, new Planner(paths::map), console),
        (plan, store, options) ->
            new RelaySender(store.objects(), paths::map, Wiring::slice, console::say)
                .send(
                    new RelaySender.Order(
                        plan.submission().jobId(),
                        plan.files(),
                        plan.submission().windowBytes(),
                        overwrite),
                    options,
                    cancellation));
  }

  int receive(boolean once) throws Exception {
    return run(
        flagsOfPlan -> JobPlan.make(flagsOfPlan, console),
        (plan, store, options) -> {
          Staging staging = AgentSetup.staging(request, plan);
          return new RelayReceiver(
                  store.objects(),
                  new RelayReceiver.Parts(staging, AgentSetup.placer(staging)),
                  console::say)
              .receive(
                  new RelayReceiver.Order(
                      plan.submission().jobId(), plan.files(), once, request.recv().deleteRemote),
                  options,
                  cancellation);
        });
  }

  private int run(Planning planning, Work work) throws Exception {
    AgentSetup.check(request);
    RelayOptions options =
        new RelayOptions(AgentSetup.options(request).transfersMax(), flags.pollInterval());
    JobPlan plan = planning.plan(Objects.requireNonNull(request.plan()));
    if (plan.files().isEmpty()) {
      return plan.sayEmpty(console).code();
    }
    AgentSetup.checkFolders(request, plan);
    console.warn(
        "--skip-db: no SHA-256 travels with the objects; a file is proved by its size and its"
            + " sample digest alone");
    Signals.handle(this::onSignal);
    Vertx vertx = Wiring.vertx();
    try (Wiring.AgentStore store =
        Wiring.agentStore(vertx, request.config().store(), options.transfersMax())) {
      progress(vertx, store.movedBytes());
      return report(work.run(plan, store, options), plan).code();
    } catch (TransferException e) {
      Signals.Kind kind = stopped.get();
      if (kind == null) {
        throw e;
      }
      return (kind == Signals.Kind.INTERRUPT ? ExitCode.INTERRUPTED : ExitCode.SOME_FAILED).code();
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
    String verb = request.sends() ? "send" : "recv";
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

  private ExitCode report(RelayResult result, JobPlan plan) throws JsonProcessingException {
    boolean done = request.sends() ? sentAll(result) : result.missing() == 0;
    if (request.agent().json) {
      console.result(Contract.mapper().writeValueAsString(result));
    } else if (done && result.moved() == 0 && result.failed() == 0) {
      console.result(
          "nothing to transfer: %d files %s"
              .formatted(
                  result.thereBefore(),
                  request.sends()
                      ? "lie in the bucket already"
                      : "are at the destination already"));
    } else {
      console.result(
          (request.sends()
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
}
