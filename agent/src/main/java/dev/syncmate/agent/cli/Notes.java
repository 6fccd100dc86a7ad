// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of remarks on stderr: the first ones, or all with {@code -v}. */
record Notes(PrintWriter err, boolean all) {
  private static final int SHOWN_MAX = 20;

  static Notes of(Console console, @Nullable SyncMate root) {
    return new Notes(console.err(), root != null && root.verbosity() > 0);
  }

  void print(String kind, List<String> notes) {
    int shown = all ? notes.size() : Math.min(notes.size(), SHOWN_MAX);
    for (String note : notes.subList(0, shown)) {
      err.println("%s: %s: %s".formatted(SyncMate.NAME, kind, ErrorLine.oneLine(note)));
    }
    if (shown < notes.size()) {
      err.println(
          "%s: %s: and %d more (-v shows all)"
              .formatted(SyncMate.NAME, kind, notes.size() - shown));
    }
    err.flush();
  }
}
