// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.schema.FileBatch;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.JobControl;
import dev.syncmate.schema.JobSeal;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.RetryRequest;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a plan to the coordinator: opens the job, adds the files in batches, seals it. Repeating
 * it, from any host with the same pair of profiles, ends in the same job, whose failed files are
 * then tried again.
 *
 * <p><b>Threads.</b> Any.
 */
public final class PlanSubmission {
  private static final int FILES_PER_BATCH = 500;

  private final Coordinator coordinator;

  public PlanSubmission(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /**
   * The job as it is after the submission.
   *
   * @param refused files that the job has already with other content, with the reason
   * @param revived files that had failed and are tried again
   */
  public record Submitted(JobStatus job, List<String> refused, long revived) {}

  /**
   * Submits the plan; a job that is sealed already is left as it is. One that an operator cancelled
   * stays so.
   */
  public Future<Submitted> submit(JobSubmission submission, List<PlannedFile> files) {
    return coordinator
        .submitJob(submission)
        .compose(
            job ->
                job.state() == JobState.OPEN
                    ? addFrom(job.jobId(), files, 0, new ArrayList<>())
                        .compose(refused -> seal(job.jobId(), files.size(), refused))
                    : Future.succeededFuture(new Submitted(job, List.of(), 0)))
        .compose(this::revive);
  }

  private Future<Submitted> revive(Submitted submitted) {
    JobStatus job = submitted.job();
    long failed = job.files().failed().count();
    return failed == 0 || job.control() == JobControl.CANCELLED
        ? Future.succeededFuture(submitted)
        : retry(job.jobId(), failed).map(now -> new Submitted(now, submitted.refused(), failed));
  }

  /** Once each: what fails again meanwhile is for the next run. */
  private Future<JobStatus> retry(String jobId, long failedBefore) {
    return coordinator
        .retry(new RetryRequest(jobId, null))
        .compose(
            now -> {
              long failed = now.files().failed().count();
              return failed == 0 || failed >= failedBefore
                  ? Future.succeededFuture(now)
                  : retry(jobId, failed);
            });
  }

  private Future<List<String>> addFrom(
      String jobId, List<PlannedFile> files, int from, List<String> refused) {
    if (from >= files.size()) {
      return Future.succeededFuture(refused);
    }
    int to = Math.min(files.size(), from + FILES_PER_BATCH);
    return coordinator
        .submitFiles(jobId, new FileBatch(files.subList(from, to)))
        .compose(
            reply -> {
              for (ItemResult result : reply.results()) {
                if (result.outcome() == ItemOutcome.REFUSED) {
                  refused.add(
                      result.id()
                          + ": "
                          + (result.problem() == null ? "refused" : result.problem().detail()));
                }
              }
              return addFrom(jobId, files, to, refused);
            });
  }

  private Future<Submitted> seal(String jobId, int files, List<String> refused) {
    if (!refused.isEmpty()) {
      return coordinator.job(jobId).map(job -> new Submitted(job, refused, 0));
    }
    return coordinator
        .sealJob(jobId, new JobSeal(files))
        .map(job -> new Submitted(job, List.of(), 0));
  }
}
