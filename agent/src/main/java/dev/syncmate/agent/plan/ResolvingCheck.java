// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.PrefixVerdict.AsPlanned;
import dev.syncmate.agent.plan.PrefixVerdict.Changed;
import dev.syncmate.agent.plan.PrefixVerdict.Elsewhere;
import dev.syncmate.agent.plan.PrefixVerdict.Shorter;
import dev.syncmate.agent.plan.PrefixVerdict.Unreadable;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Answers the coordinator whether the destination's bytes are the beginning of a source file.
 *
 * <p>A source that has grown since the plan is fine as long as its planned bytes are the same; one
 * that has shrunk or changed is not.
 *
 * <p><b>Threads.</b> Any. It blocks on the disk.
 */
public final class ResolvingCheck {
  private static final int DETAIL_CHARS_MAX = 1000;

  private ResolvingCheck() {}

  /** Checks one file, looked for where the locator says. */
  public static ResolvedItem of(ResolvingFile file, SourceLocator sources) {
    // Made anew each time, as folders come and go while an agent runs.
    PrefixVerdict found = new SourceFiles(sources).compare(PrefixQuestion.of(file));
    if (found instanceof AsPlanned asPlanned) {
      return asPlanned(file, asPlanned);
    }
    if (found instanceof Shorter shorter) {
      return changed(
          file,
          "%s: has %d bytes (expected: at least %d, as planned; make new profiles)"
              .formatted(shorter.file(), shorter.sizeBytes(), file.sizeBytes()));
    }
    if (found instanceof Changed changed) {
      return changed(
          file,
          "%s: digest of its first %d bytes is %s (expected: %s, as planned; make new profiles)"
              .formatted(changed.file(), file.sizeBytes(), changed.digest(), file.sourceDigest()));
    }
    return item(file, Verdict.UNREACHABLE, unreachable(file, found));
  }

  private static ResolvedItem asPlanned(ResolvingFile file, AsPlanned found) {
    return switch (found.mode()) {
      case APPEND -> item(file, Verdict.APPEND, null);
      case UNRESOLVED ->
          item(
              file,
              Verdict.FAILED,
              "no digest of the destination's file (expected: one; run woc.detect --with-digest"
                  + " there)");
      case FULL ->
          item(
              file,
              Verdict.FULL,
              found.beginning() == null
                  ? "nothing to append to: the destination has %d of %d bytes"
                      .formatted(file.targetSizeBytes(), file.sizeBytes())
                  : "digest of the first %d bytes is %s, the destination's is %s"
                      .formatted(file.targetSizeBytes(), found.beginning(), file.targetDigest()));
      case REPAIR -> throw new IllegalStateException("a plan from profiles repairs nothing");
    };
  }

  private static ResolvedItem changed(ResolvingFile file, String detail) {
    return item(file, Verdict.FAILED, Reason.SOURCE_CHANGED.word() + ": " + detail);
  }

  private static String unreachable(ResolvingFile file, PrefixVerdict found) {
    if (found instanceof Unreadable unreadable) {
      return unreadable.problem();
    }
    Elsewhere elsewhere = (Elsewhere) found;
    if (elsewhere.why() != null) {
      return elsewhere.why();
    }
    return elsewhere.file() == null
        ? "%s has no path on this host".formatted(Shown.text(file.sourcePath()))
        : "%s: its folder is not on this host".formatted(elsewhere.file());
  }

  private static ResolvedItem item(ResolvingFile file, Verdict verdict, @Nullable String detail) {
    String cut =
        detail != null && detail.length() > DETAIL_CHARS_MAX
            ? detail.substring(0, DETAIL_CHARS_MAX)
            : detail;
    return new ResolvedItem(file.fileId(), file.leaseEpoch(), verdict, cut);
  }
}
