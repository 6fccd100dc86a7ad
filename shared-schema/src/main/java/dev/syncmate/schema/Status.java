// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far everything is. Wire shape: status.schema.json. */
public record Status(
    List<JobStatus> jobs,
    TaskTallies tasks,
    FileTallies files,
    long uploadedBytesPerSecond,
    long downloadedBytesPerSecond,
    @Nullable Long etaSeconds,
    List<AgentStatus> agents) {
  /** Copies the lists. */
  public Status {
    jobs = List.copyOf(jobs);
    agents = List.copyOf(agents);
  }
}
