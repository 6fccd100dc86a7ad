// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs, newest first. Wire shape: job-page.schema.json. */
public record JobPage(List<JobStatus> jobs, @Nullable String next) {
  /** Copies the list. */
  public JobPage {
    jobs = List.copyOf(jobs);
  }
}
