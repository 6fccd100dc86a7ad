// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a job until it is done.
 *
 * <p><b>Threads.</b> Confined to the context that made it.
 *
 * <p><b>Errors.</b> A coordinator that does not answer is asked again for ever: whether the job is
 * done is not known then. Only a refusal that concerns the whole agent ends the watch.
 */
public final class JobWatch {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);

  private final Coordinator coordinator;
  private final String jobId;
  private final Scheduler scheduler;
  private final Duration interval;
  private final Consumer<JobStatus> seen;
  private final Promise<JobStatus> done = Promise.promise();

  JobWatch(
      Coordinator coordinator,
      String jobId,
      Scheduler scheduler,
      Duration interval,
      Consumer<JobStatus> seen) {
    this.coordinator = coordinator;
    this.jobId = jobId;
    this.scheduler = scheduler;
    this.interval = interval;
    this.seen = seen;
  }

  /** Starts to watch; {@code seen} gets every status. */
  public static Future<JobStatus> until(
      Vertx vertx,
      Coordinator coordinator,
      String jobId,
      Duration interval,
      Consumer<JobStatus> seen) {
    return new JobWatch(coordinator, jobId, new VertxScheduler(vertx), interval, seen).start();
  }

  Future<JobStatus> start() {
    look();
    return done.future();
  }

  private void look() {
    Guarded.call(() -> coordinator.job(jobId))
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                saw(answer.result());
              } else {
                missed(answer.cause());
              }
              if (!done.future().isComplete()) {
                scheduler.after(interval, this::look);
              }
            });
  }

  private void saw(JobStatus status) {
    Guarded.tell(() -> seen.accept(status));
    if (status.state() == JobState.DONE) {
      done.complete(status);
    }
  }

  private void missed(Throwable cause) {
    if (cause instanceof TransferException e && e.disposition() == Disposition.STOP_AGENT) {
      done.fail(e);
      return;
    }
    LOG.warn("job.unknown job={} cause={}", jobId, cause.getMessage());
  }
}
