// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.schema.JobStatus;

/**
 * Says whose a job is, and until that is known what it waits for.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class DestinationNews {
  private final Console console;
  private String said = "";

  DestinationNews(Console console) {
    this.console = console;
  }

  /** Says what is new. */
  void look(JobStatus job) {
    String line =
        job.destination() == null
            ? "job %s waits for its destination: run recv with the same two profiles there"
                .formatted(job.jobId())
            : "job %s is for destination %s".formatted(job.jobId(), job.destination());
    if (!line.equals(said)) {
      said = line;
      console.say(line);
    }
  }
}
