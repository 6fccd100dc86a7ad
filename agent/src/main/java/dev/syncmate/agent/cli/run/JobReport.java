// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.ByteText;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobControl;
import dev.syncmate.schema.JobStatus;
import java.util.List;

/**
 * How a job ended, for people or as JSON.
 *
 * @param doneBefore whether there was nothing left to do
 */
record JobReport(JobStatus job, List<FileStatus> failed, boolean doneBefore) {
  private static final int FAILED_SHOWN_MAX = 20;

  void print(AgentRequest request, Console console) {
    failed.stream()
        .limit(FAILED_SHOWN_MAX)
        .forEach(file -> console.say("failed: " + file.sourcePath() + ": " + file.lastError()));
    if (failed.size() > FAILED_SHOWN_MAX) {
      console.say("failed: … and %d more".formatted(failed.size() - FAILED_SHOWN_MAX));
    }
    if (request.recv() != null && job.windowUsedBytes() > 0) {
      console.say(
          "note: %s of lost attempts still lie in the bucket; recv, run again later, deletes them"
              .formatted(ByteText.size(job.windowUsedBytes())));
    }
    if (job.control() == JobControl.CANCELLED) {
      console.say(
          "job %s was cancelled by an operator; an admin brings it back: POST /v1/tasks/retry"
                  .formatted(job.jobId())
              + " {\"job_id\": \"%s\", \"task_ids\": null}, then run this again"
                  .formatted(job.jobId()));
    }
    if (request.json()) {
      console.json(job);
    } else {
      console.result(result());
    }
  }

  private String result() {
    FileTallies files = job.files();
    String words =
        job.control() == JobControl.CANCELLED
            ? "job %s was cancelled: %d files (%s) placed and verified, %d not"
            : doneBefore
                ? "nothing to transfer: job %s of these two profiles is done (%d files, %s; %d failed)"
                : "job %s done: %d files (%s) placed and verified, %d failed";
    return words.formatted(
        job.jobId(),
        files.done().count(),
        ByteText.size(files.done().bytes()),
        files.failed().count());
  }
}
