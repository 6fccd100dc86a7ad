// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.PrefixVerdict.AsPlanned;
import dev.syncmate.agent.plan.PrefixVerdict.Changed;
import dev.syncmate.agent.plan.PrefixVerdict.Elsewhere;
import dev.syncmate.agent.plan.PrefixVerdict.Shorter;
import dev.syncmate.agent.plan.PrefixVerdict.Unreadable;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What this host finds where the files of a plan should lie: which it can read, and what the
 * unresolved ones will turn out to be.
 *
 * <p><b>Threads.</b> Immutable once made.
 */
public final class SourcesHere {
  private final boolean[] here;
  private final PlanMode[] modes;
  private final Map<Integer, String> problems = new ConcurrentSkipListMap<>();

  private SourcesHere(int count) {
    here = new boolean[count];
    modes = new PlanMode[count];
  }

  /** Looks; blocks the caller. */
  public static SourcesHere of(Plan plan, SourceLocator sources, ParallelReads.Progress progress)
      throws InterruptedException {
    List<PlannedFile> files = plan.files();
    SourcesHere found = new SourcesHere(files.size());
    SourceFiles lookedAt = new SourceFiles(sources);
    ParallelReads.run(
        files.size(),
        ParallelReads.READERS_DEFAULT,
        i -> found.look(i, files.get(i), lookedAt),
        progress);
    return found;
  }

  /** Whether this host can read the file. */
  public boolean isHere(int index) {
    return here[index];
  }

  /** The mode, after a look at the prefix where that could be. */
  public PlanMode mode(int index) {
    return modes[index];
  }

  /** Files whose folder is here, and that can't be read or are not as planned; one line each. */
  public List<String> problems() {
    return List.copyOf(problems.values());
  }

  private void look(int index, PlannedFile file, SourceFiles sources) {
    PrefixVerdict verdict =
        file.mode() == PlanMode.UNRESOLVED
            ? sources.compare(PrefixQuestion.of(file))
            : sources.stat(file.sourcePath(), file.sizeBytes());
    modes[index] = verdict instanceof AsPlanned found ? found.mode() : file.mode();
    String problem = problem(file, verdict);
    if (problem != null) {
      problems.put(index, Shown.text(file.sourcePath()) + ": " + problem);
    }
    here[index] = problem == null && !(verdict instanceof Elsewhere);
  }

  private static @Nullable String problem(PlannedFile file, PrefixVerdict verdict) {
    if (verdict instanceof Unreadable unreadable) {
      return unreadable.notRead();
    }
    if (verdict instanceof Shorter shorter) {
      return "has %d bytes here (expected: at least %d, as planned; make new profiles)"
          .formatted(shorter.sizeBytes(), file.sizeBytes());
    }
    return verdict instanceof Changed
        ? "is not the file that the source profile describes (make new profiles)"
        : null;
  }
}
