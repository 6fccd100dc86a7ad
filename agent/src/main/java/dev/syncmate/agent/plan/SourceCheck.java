// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.plan.SourceReads.Found;
import dev.syncmate.agent.plan.SourceReads.Look;
import dev.syncmate.agent.plan.SourceReads.Unreadable;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What this host finds where the files of a plan should lie: which it can read, and what the
 * unresolved ones will turn out to be.
 *
 * <p><b>Threads.</b> Immutable once made.
 */
public final class SourceCheck {
  private final boolean[] here;
  private final PlanMode[] modes;
  private final Map<Integer, String> problems = new ConcurrentSkipListMap<>();

  private SourceCheck(int count) {
    here = new boolean[count];
    modes = new PlanMode[count];
  }

  /** Looks; blocks the caller. */
  public static SourceCheck of(Plan plan, SourceLocator sources, ParallelReads.Progress progress)
      throws InterruptedException {
    List<PlannedFile> files = plan.files();
    SourceCheck check = new SourceCheck(files.size());
    SourceReads reads = new SourceReads(sources);
    ParallelReads.run(
        files.size(),
        ParallelReads.READERS_DEFAULT,
        i -> check.look(i, files.get(i), reads),
        progress);
    return check;
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

  private void look(int index, PlannedFile file, SourceReads reads) {
    boolean unresolved = file.mode() == PlanMode.UNRESOLVED;
    long target = unresolved ? Objects.requireNonNull(file.targetSizeBytes()) : 0;
    Look look =
        unresolved
            ? reads.look(file.sourcePath(), file.sizeBytes(), target)
            : reads.stat(file.sourcePath());
    modes[index] = file.mode();
    if (look instanceof Unreadable unreadable) {
      problems.put(index, Shown.text(file.sourcePath()) + ": " + unreadable.why());
    } else if (look instanceof Found found) {
      found(index, file, found);
    }
  }

  private void found(int index, PlannedFile file, Found found) {
    if (found.sizeBytes() < file.sizeBytes()) {
      problems.put(
          index,
          "%s: has %d bytes here (expected: at least %d, as planned; make new profiles)"
              .formatted(Shown.text(file.sourcePath()), found.sizeBytes(), file.sizeBytes()));
      return;
    }
    if (!found.digests().isEmpty()) {
      if (!found.digests().get(0).equals(file.sourceDigest())) {
        problems.put(
            index,
            "%s: is not the file that the source profile describes (make new profiles)"
                .formatted(Shown.text(file.sourcePath())));
        return;
      }
      PlanMode mode =
          found.digests().get(1).equals(file.targetDigest()) ? PlanMode.APPEND : PlanMode.FULL;
      modes[index] = mode;
    }
    here[index] = true;
  }
}
