// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.Signals;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.Progress;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.role.Agent;
import dev.syncmate.agent.role.AgentOptions;
import dev.syncmate.agent.role.JobWatch;
import dev.syncmate.agent.role.PlanSubmission;
import dev.syncmate.agent.role.RecvParts;
import dev.syncmate.schema.FilePage;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.JobSubmission;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
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
public final class AgentRun {
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration DRAIN_AT_END = Duration.ofSeconds(10);

  private final AgentRequest request;
  private final @Nullable JobPlan plan;
  private final Vertx vertx;
  private final Context context;
  private final Console console;
  private final CompletableFuture<ExitCode> ending = new CompletableFuture<>();
  private @Nullable Agent agent;
  private int planErrors;
  private boolean interrupted;

  private AgentRun(AgentRequest request, @Nullable JobPlan plan, Vertx vertx, Console console) {
    this.request = request;
    this.plan = plan;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.console = console;
    this.planErrors = plan == null ? 0 : plan.errors();
  }

  /** Runs the agent; answers with the exit code of the process. */
  public static ExitCode run(AgentRequest request, CoordinatorConfig coordinator, Console console)
      throws Exception {
    JobRequest job = request.job();
    JobPlan plan = job == null ? null : JobPlan.make(job, JobPlan.ofEveryHost(), console);
    if (plan != null && plan.files().isEmpty()) {
      return plan.sayEmpty(console);
    }
    RecvRequest recv = request.recv();
    RecvParts received = recv == null ? null : RecvSetup.agentParts(recv, plan);
    return run(new AgentRun(request, plan, Wiring.vertx(), console), coordinator, received);
  }

  /**
   * Receives what repairs placed files; their paths come from the coordinator, so they must lie
   * where the configuration permits it.
   */
  static ExitCode repair(
      AgentRequest request, JobPlan plan, CoordinatorConfig coordinator, Console console)
      throws Exception {
    RecvParts received = RecvSetup.agentParts(Objects.requireNonNull(request.recv()), null);
    return run(new AgentRun(request, plan, Wiring.vertx(), console), coordinator, received);
  }

  private static ExitCode run(
      AgentRun run, CoordinatorConfig coordinator, @Nullable RecvParts received) throws Exception {
    try {
      return run.connect(coordinator, received);
    } finally {
      run.vertx.close();
    }
  }

  private ExitCode connect(CoordinatorConfig config, @Nullable RecvParts recv) throws Exception {
    try (Coordinator coordinator = Wiring.coordinator(vertx, config);
        RunMeters meters = new RunMeters(vertx);
        ObjectStore store =
            Wiring.agentStore(
                vertx, request.store(), request.options().transfersMax(), meters.registry())) {
      // A wrong bucket or secret must show before anything is mounted and any lease is taken.
      store.list("", null).await();
      SendRequest sending = request.send();
      try (SendSetup send = sending == null ? null : SendSetup.open(sending, console)) {
        return work(
            new Agent.Parts(
                coordinator,
                store,
                Wiring.disk(vertx),
                meters::transferredBytes,
                send == null ? null : send.parts(),
                recv),
            readyLine(send));
      }
    }
  }

  private String readyLine(@Nullable SendSetup send) {
    AgentOptions options = request.options();
    return "agent %s works as %s, %d transfers at once%s"
        .formatted(
            options.identity().name(),
            options.identity().role().name().toLowerCase(Locale.ROOT),
            options.transfersMax(),
            Optional.ofNullable(send)
                .flatMap(SendSetup::viewFolder)
                .map(folder -> "; leased slices are to be seen in " + folder)
                .orElse(""));
  }

  private ExitCode work(Agent.Parts parts, String readyLine) throws Exception {
    Signals.handle(kind -> context.runOnContext(ignored -> onSignal(kind)));
    context.runOnContext(
        ignored -> begin(parts, readyLine).onFailure(ending::completeExceptionally));
    try {
      return ended();
    } finally {
      drainLeftOver();
    }
  }

  private Future<Void> begin(Agent.Parts parts, String readyLine) {
    if (plan == null) {
      return open(parts).onSuccess(opened -> begin(opened, readyLine)).mapEmpty();
    }
    return request.recv() == null
        ? beginToSend(parts, readyLine, plan)
        : beginToReceive(parts, readyLine, plan);
  }

  private Future<Void> beginToSend(Agent.Parts parts, String readyLine, JobPlan plan) {
    return submit(parts.coordinator(), plan.submission(), plan)
        .compose(
            job ->
                job.state() == JobState.DONE
                    ? finish(parts.coordinator(), job, true)
                    : open(parts)
                        .onSuccess(
                            opened -> {
                              begin(opened, readyLine);
                              watch(parts, job);
                            })
                        .mapEmpty());
  }

  /**
   * Registers first: only a receiver that its domain accepts may say whose the job is. One whose
   * job is done still has objects to delete that the last one could not yet.
   */
  private Future<Void> beginToReceive(Agent.Parts parts, String readyLine, JobPlan plan) {
    return open(parts)
        .compose(
            opened ->
                submit(parts.coordinator(), opened.claiming(plan.submission()), plan)
                    .onSuccess(
                        job -> {
                          begin(opened, readyLine);
                          watch(parts, job);
                        }))
        .mapEmpty();
  }

  private Future<JobStatus> submit(
      Coordinator coordinator, JobSubmission submission, JobPlan plan) {
    return new PlanSubmission(coordinator)
        .submit(submission, plan.files())
        .map(
            submitted -> {
              submitted.refused().forEach(why -> console.warn("not planned: " + why));
              JobStatus job = submitted.job();
              planErrors += submitted.refused().size();
              console.say(
                  "job %s: %d files in the plan".formatted(job.jobId(), plan.files().size()));
              if (submitted.revived() > 0) {
                console.say(
                    "job %s: %d files that failed before are tried again"
                        .formatted(job.jobId(), submitted.revived()));
              }
              return job;
            });
  }

  private Future<Agent> open(Agent.Parts parts) {
    Agent opening = Agent.on(vertx, request.options(), parts);
    agent = opening;
    opening.fatal().onSuccess(this::onFatal);
    opening.drainOrdered().onSuccess(ordered -> onDrainOrdered());
    return opening.open().map(opening);
  }

  private void begin(Agent opened, String readyLine) {
    console.say(readyLine);
    opened.work();
  }

  private void watch(Agent.Parts parts, JobStatus job) {
    Coordinator coordinator = parts.coordinator();
    boolean doneBefore = job.state() == JobState.DONE;
    boolean terminal = !request.json() && Console.errIsTerminal();
    String verb = request.send() != null ? "send" : "recv";
    Progress progress = new Progress(verb, parts.transferredBytes(), console, terminal);
    DestinationNews destination = new DestinationNews(console);
    JobWatch.until(
            vertx,
            coordinator,
            job.jobId(),
            WATCH_INTERVAL,
            status -> {
              destination.look(status);
              progress.show(status);
            })
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
              new JobReport(job, failed, before).print(request, console);
              ending.complete(isAllPlaced(job) ? ExitCode.DONE : ExitCode.SOME_FAILED);
              return null;
            });
  }

  /** Not only that nothing failed: a job may have ended without files of the plan. */
  private boolean isAllPlaced(JobStatus job) {
    return plan != null && planErrors == 0 && job.files().done().count() == plan.files().size();
  }

  private static Future<List<FileStatus>> failedFiles(Coordinator coordinator, JobStatus job) {
    return job.files().failed().count() == 0
        ? Future.succeededFuture(List.of())
        : coordinator.files(job.jobId(), FileState.FAILED, null).map(FilePage::files);
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
    drain(interrupt ? Duration.ofSeconds(2) : request.drainTimeout())
        .onComplete(v -> ending.complete(interrupted ? ExitCode.INTERRUPTED : ExitCode.DONE));
  }

  private void onDrainOrdered() {
    console.say(
        "the coordinator tells this agent to leave: work in hand is finished or given back");
    drain(request.drainTimeout()).onComplete(v -> ending.complete(ExitCode.DONE));
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
    return running == null ? Future.succeededFuture() : running.collectGarbage(this::sayWaiting);
  }

  private void sayWaiting(Duration time) {
    console.say(
        "all files are done; waiting %d s for objects that uploads which were cut off may still leave (interrupt: leave them to the next receiver)"
            .formatted(time.toSeconds() + 1));
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
