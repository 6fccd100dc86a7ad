// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.role.Agent;
import dev.syncmate.agent.role.JobWatch;
import dev.syncmate.agent.role.PlanSubmission;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.FilePage;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobControl;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of an agent from the command line: submits the job if there is one, works until it is
 * done or a signal comes, says how it ended.
 *
 * <p><b>Threads.</b> {@link #run} waits on the caller's thread; everything else is confined to one
 * Vert.x context.
 */
final class AgentRun {
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DRAIN_AT_END = Duration.ofSeconds(10);
  private static final int FAILED_SHOWN_MAX = 20;

  private final AgentRequest request;
  private final Console console;
  private final Vertx vertx;
  private final Context context;
  private final CompletableFuture<ExitCode> ending = new CompletableFuture<>();
  private @Nullable Agent agent;
  private int planErrors;
  private boolean interrupted;

  private AgentRun(AgentRequest request, Vertx vertx, Console console) {
    this.request = request;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.console = console;
  }

  /** Runs the agent; answers with the exit code of the process. */
  static int run(AgentRequest request, Console console) throws Exception {
    // What is wrong with the command line must not show after minutes of planning only.
    AgentSetup.check(request);
    request.config().coordinator();
    PlanFlags flags = request.plan();
    JobPlan plan = flags == null ? null : JobPlan.make(flags, console);
    if (plan != null && plan.files().isEmpty()) {
      return plan.sayEmpty(console).code();
    }
    Vertx vertx = Wiring.vertx();
    try {
      return new AgentRun(request, vertx, console).work(plan).code();
    } finally {
      vertx.close();
    }
  }

  private ExitCode work(@Nullable JobPlan plan) throws Exception {
    planErrors = plan == null ? 0 : plan.errors();
    AgentSetup.checkFolders(request, plan);
    try (Coordinator coordinator = Wiring.coordinator(vertx, request.config().coordinator());
        Wiring.AgentStore store =
            Wiring.agentStore(
                vertx, request.config().store(), AgentSetup.options(request).transfersMax())) {
      // A wrong bucket or secret must show before anything is mounted and any lease is taken.
      store.objects().list("", null).await();
      return work(plan, coordinator, store);
    }
  }

  private ExitCode work(@Nullable JobPlan plan, Coordinator coordinator, Wiring.AgentStore store)
      throws Exception {
    try (AgentSetup setup = new AgentSetup(request, plan, console)) {
      Agent.Parts parts = setup.parts(coordinator, store, Wiring.disk(vertx));
      Signals.handle(kind -> context.runOnContext(ignored -> onSignal(kind)));
      context.runOnContext(
          ignored ->
              begin(coordinator, parts, setup, plan).onFailure(ending::completeExceptionally));
      try {
        return ended();
      } finally {
        drainLeftOver();
      }
    }
  }

  private Future<Void> begin(
      Coordinator coordinator, Agent.Parts parts, AgentSetup setup, @Nullable JobPlan plan) {
    return (plan == null
            ? Future.<@Nullable JobStatus>succeededFuture(null)
            : submit(coordinator, plan))
        .compose(
            job -> {
              boolean doneBefore = job != null && job.state() == JobState.DONE;
              // A receiver still has objects to delete that the last one could not yet.
              return doneBefore && !request.receives()
                  ? finish(coordinator, job, true)
                  : startAgent(coordinator, parts, setup, job);
            });
  }

  private Future<@Nullable JobStatus> submit(Coordinator coordinator, JobPlan plan) {
    return new PlanSubmission(coordinator)
        .submit(plan.submission(), plan.files())
        .map(
            submitted -> {
              submitted.refused().forEach(why -> console.warn("not planned: " + why));
              JobStatus job = submitted.job();
              planErrors += submitted.refused().size();
              console.say(
                  "job %s: %d files in the plan".formatted(job.jobId(), plan.files().size()));
              return job;
            });
  }

  private Future<Void> startAgent(
      Coordinator coordinator, Agent.Parts parts, AgentSetup setup, @Nullable JobStatus job) {
    Agent started = Agent.on(vertx, setup.options(), parts);
    agent = started;
    started.fatal().onSuccess(this::onFatal);
    started.drainOrdered().onSuccess(ordered -> onDrainOrdered());
    return started
        .start()
        .onSuccess(
            opened -> {
              console.say(setup.readyLine());
              if (job != null) {
                watch(coordinator, parts, job, job.state() == JobState.DONE);
              }
            });
  }

  private void watch(
      Coordinator coordinator, Agent.Parts parts, JobStatus job, boolean doneBefore) {
    boolean terminal = !request.agent().json && Console.errIsTerminal();
    String verb = request.sends() ? "send" : "recv";
    Progress progress = new Progress(verb, parts.transferredBytes(), console, terminal);
    JobWatch.until(vertx, coordinator, job.jobId(), WATCH_INTERVAL, progress::show)
        .eventually(
            () -> {
              progress.close();
              return Future.succeededFuture();
            })
        .compose(done -> collectGarbage().map(done))
        .compose(done -> coordinator.job(done.jobId()))
        .compose(done -> drain(DRAIN_AT_END).compose(v -> finish(coordinator, done, doneBefore)))
        .onFailure(ending::completeExceptionally);
  }

  private Future<Void> finish(Coordinator coordinator, JobStatus job, boolean before) {
    return failedFiles(coordinator, job)
        .map(
            failed -> {
              report(job, failed, before);
              ending.complete(
                  job.files().failed().count() == 0 && planErrors == 0
                      ? ExitCode.DONE
                      : ExitCode.SOME_FAILED);
              return null;
            });
  }

  private static Future<List<FileStatus>> failedFiles(Coordinator coordinator, JobStatus job) {
    return job.files().failed().count() == 0
        ? Future.succeededFuture(List.of())
        : coordinator.files(job.jobId(), FileState.FAILED, null).map(FilePage::files);
  }

  private void report(JobStatus job, List<FileStatus> failed, boolean before) {
    failed.stream()
        .limit(FAILED_SHOWN_MAX)
        .forEach(file -> console.say("failed: " + file.sourcePath() + ": " + file.lastError()));
    if (failed.size() > FAILED_SHOWN_MAX) {
      console.say("failed: … and %d more".formatted(failed.size() - FAILED_SHOWN_MAX));
    }
    if (request.receives() && job.windowUsedBytes() > 0) {
      console.say(
          "note: %s of lost attempts still lie in the bucket; recv, run again later, deletes them"
              .formatted(ByteText.size(job.windowUsedBytes())));
    }
    FileTallies files = job.files();
    String bytes = ByteText.size(files.done().bytes());
    if (request.agent().json) {
      console.result(json(job));
    } else if (job.control() == JobControl.CANCELLED) {
      console.result(
          "job %s was cancelled: %d files (%s) placed and verified, %d not"
              .formatted(job.jobId(), files.done().count(), bytes, files.failed().count()));
    } else if (before) {
      console.result(
          "nothing to transfer: job %s of these two profiles is done (%d files, %s; %d failed)"
              .formatted(job.jobId(), files.done().count(), bytes, files.failed().count()));
    } else {
      console.result(
          "job %s done: %d files (%s) placed and verified, %d failed"
              .formatted(job.jobId(), files.done().count(), bytes, files.failed().count()));
    }
  }

  private static String json(JobStatus job) {
    try {
      return Contract.mapper().writeValueAsString(job);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void onSignal(Signals.Kind kind) {
    boolean interrupt = kind == Signals.Kind.INTERRUPT;
    interrupted = interrupted || interrupt;
    console.say(
        interrupt
            ? "interrupted: giving leases back (again: leave at once)"
            : "draining: work in hand is finished or given back");
    Agent running = agent;
    if (running != null && interrupt) {
      running.abandon();
    }
    drain(interrupt ? Duration.ofSeconds(2) : request.agent().drainTimeout())
        .onComplete(v -> ending.complete(interrupted ? ExitCode.INTERRUPTED : ExitCode.DONE));
  }

  private void onDrainOrdered() {
    console.say(
        "the coordinator tells this agent to leave: work in hand is finished or given back");
    drain(request.agent().drainTimeout()).onComplete(v -> ending.complete(ExitCode.DONE));
  }

  private void onFatal(TransferException cause) {
    Agent running = agent;
    if (running != null) {
      running.abandon();
    }
    drain(Duration.ofSeconds(2)).onComplete(v -> ending.completeExceptionally(cause));
  }

  private Future<Void> collectGarbage() {
    Agent running = agent;
    return running == null ? Future.succeededFuture() : running.collectGarbage();
  }

  private Future<Void> drain(Duration timeout) {
    Agent running = agent;
    return running == null ? Future.succeededFuture() : running.drain(timeout);
  }

  private ExitCode ended() throws Exception {
    try {
      return ending.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private void drainLeftOver() throws Exception {
    CompletableFuture<Void> drained = new CompletableFuture<>();
    context.runOnContext(ignored -> drain(Duration.ZERO).onComplete(v -> drained.complete(null)));
    try {
      drained.get(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      console.warn("the session could not be ended in time; it ends by itself");
    }
  }
}
