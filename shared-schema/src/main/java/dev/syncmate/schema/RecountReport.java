// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a check of the totals found. Wire shape: recount-report.schema.json. */
public record RecountReport(
    int jobs, List<String> repaired, List<String> problems, @Nullable String next) {
  /** Copies the lists. */
  public RecountReport {
    repaired = List.copyOf(repaired);
    problems = List.copyOf(problems);
  }
}
