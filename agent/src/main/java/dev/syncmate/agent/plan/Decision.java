// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.schema.PlanMode;
import java.util.List;

/** What becomes of one pair of files. */
sealed interface Decision {
  /** One line each. */
  List<String> warnings();

  /** The destination has the file as it is. */
  record Unchanged(List<String> warnings) implements Decision {}

  /** It must move. */
  record Transferred(PlanMode mode, long sizeBytes, String digest, List<String> warnings)
      implements Decision {}

  /** Nothing can be said. */
  record Refused(String message, List<String> warnings) implements Decision {}
}
