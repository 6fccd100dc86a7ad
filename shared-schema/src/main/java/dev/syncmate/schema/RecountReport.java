// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** What a check of the totals found. Wire shape: recount-report.schema.json. */
public record RecountReport(int jobs, List<String> repaired, List<String> problems) {
  /** Copies the lists. */
  public RecountReport {
    repaired = List.copyOf(repaired);
    problems = List.copyOf(problems);
  }
}
