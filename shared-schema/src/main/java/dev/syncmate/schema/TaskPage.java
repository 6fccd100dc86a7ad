// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks, by id. Wire shape: task-page.schema.json. */
public record TaskPage(List<TaskStatus> tasks, @Nullable String next) {
  /** Copies the lists. */
  public TaskPage {
    tasks = List.copyOf(tasks);
  }
}
