// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.Decision.Refused;
import dev.syncmate.agent.plan.Decision.Transferred;
import dev.syncmate.agent.plan.Decision.Unchanged;
import dev.syncmate.agent.plan.PrefixVerdict.AsPlanned;
import dev.syncmate.agent.plan.PrefixVerdict.Changed;
import dev.syncmate.agent.plan.PrefixVerdict.Elsewhere;
import dev.syncmate.agent.plan.PrefixVerdict.Here;
import dev.syncmate.agent.plan.PrefixVerdict.Shorter;
import dev.syncmate.agent.plan.PrefixVerdict.Unreadable;
import dev.syncmate.agent.profile.ProfileFile;
import dev.syncmate.schema.PlanMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides about one pair of files, reading a little of the source where that is needed.
 *
 * <p>A source file counts as readable here only if it is what the profile says: the same path may
 * name another file on this host. It may have grown since.
 *
 * <p><b>Threads.</b> One pair, one thread. It blocks on the disk.
 */
final class PairDecider {
  private static final String WITH_DIGEST =
      "run woc.detect or profile with --with-digest at the %s";
  private static final String NO_SOURCE_DIGEST =
      "no digest in the source profile, and it can't be read here (expected: one; "
          + WITH_DIGEST.formatted("source)");
  private static final String NO_TARGET_DIGEST =
      "no digest in the destination profile (expected: one; "
          + WITH_DIGEST.formatted("destination)");

  private final SourceFiles sources;
  private final ProfileFile source;
  private final FilePair pair;
  private final Planner.Rules rules;
  private final List<String> warnings = new ArrayList<>(0);

  PairDecider(SourceFiles sources, FilePair pair, Planner.Rules rules) {
    this.sources = sources;
    this.source = pair.source();
    this.pair = pair;
    this.rules = rules;
  }

  Decision decide() {
    Long size = source.sizeBytes();
    if (size != null) {
      return decide(size);
    }
    PrefixVerdict found = sources.stat(source.path(), 0);
    if (found instanceof Here here) {
      return decide(here.sizeBytes());
    }
    return found instanceof Unreadable unreadable
        ? refused(unreadable.notRead())
        : refused(
            "no size in the source profile, and no such file here (expected: a profile of schema 2;"
                + " run woc.detect again)");
  }

  private Decision decide(long size) {
    ProfileFile target = pair.target();
    if (target == null) {
      return transferred(PlanMode.FULL, size);
    }
    Long targetSize = target.sizeBytes();
    if (targetSize == null) {
      return refused(
          "no size in the destination profile (expected: a profile of schema 2; run woc.detect"
              + " again there)");
    }
    if (size == targetSize) {
      return sameSize(target, size);
    }
    if (size < targetSize) {
      return smaller(size, targetSize);
    }
    if (!pair.kind().isAppendable() || targetSize == 0) {
      return transferred(PlanMode.FULL, size);
    }
    return grown(target, size, targetSize);
  }

  /** A crash cuts files off; then the destination's is the good copy. */
  private Decision smaller(long size, long targetSize) {
    if (!rules.allowsShrink() && (size == 0 || pair.kind().neverShrinks())) {
      return refused(
          "source has %d bytes, the destination %d: the destination's file is kept (if it is meant to shrink, give --allow-shrink to send and recv alike)"
              .formatted(size, targetSize));
    }
    if (pair.kind().isAppendable()) {
      warnings.add(
          "%s: source has %d bytes, the destination %d: it will be replaced"
              .formatted(Shown.text(source.path()), size, targetSize));
    }
    return transferred(PlanMode.FULL, size);
  }

  private Decision sameSize(ProfileFile target, long size) {
    if (size == 0) {
      return new Unchanged(List.copyOf(warnings));
    }
    if (!target.hasDigest()) {
      return refused("same size, and " + NO_TARGET_DIGEST);
    }
    Decision full = transferred(PlanMode.FULL, size);
    return full instanceof Transferred file && file.digest().equals(target.digest())
        ? new Unchanged(List.copyOf(warnings))
        : full;
  }

  private Decision grown(ProfileFile target, long size, long targetSize) {
    if (!target.hasDigest()) {
      return refused(
          "grown from %d to %d bytes, and %s".formatted(targetSize, size, NO_TARGET_DIGEST));
    }
    return rules.comparesPrefixes()
        ? look(question(size, targetSize, target.digest()), null)
        : transferred(PlanMode.UNRESOLVED, size);
  }

  /**
   * The receiver checks the digest of the whole file before it publishes it, so there must be one.
   */
  private Decision transferred(PlanMode mode, long size) {
    String known = source.digest();
    return known == null ? look(question(size, 0, null), mode) : transferred(mode, size, known);
  }

  /**
   * Asks the source itself.
   *
   * @param mode null: it follows from what is found
   */
  private Decision look(PrefixQuestion question, @Nullable PlanMode mode) {
    long size = question.sizeBytes();
    PrefixVerdict found = sources.compare(question);
    if (found instanceof AsPlanned planned) {
      return transferred(Objects.requireNonNullElse(mode, planned.mode()), size, planned.digest());
    }
    if (found instanceof Unreadable unreadable) {
      return refused(unreadable.notRead());
    }
    warnNotRead(found, size);
    String known = source.digest();
    return known == null
        ? refused(NO_SOURCE_DIGEST)
        : transferred(PlanMode.UNRESOLVED, size, known);
  }

  private void warnNotRead(PrefixVerdict found, long size) {
    if (found instanceof Elsewhere elsewhere && elsewhere.why() != null) {
      warnings.add("not read: " + elsewhere.why());
    } else if (found instanceof Shorter shorter) {
      warnings.add(
          "%s: has %d bytes here, %d in the source profile: not read"
              .formatted(Shown.text(shorter.file().toString()), shorter.sizeBytes(), size));
    } else if (found instanceof Changed changed) {
      warnings.add(
          "%s: is not the file that the source profile describes: not read"
              .formatted(Shown.text(changed.file().toString())));
    }
  }

  private PrefixQuestion question(long size, long targetSize, @Nullable String targetDigest) {
    return new PrefixQuestion(source.path(), size, source.digest(), targetSize, targetDigest);
  }

  private Transferred transferred(PlanMode mode, long size, String digest) {
    return new Transferred(mode, size, digest, List.copyOf(warnings));
  }

  private Refused refused(String message) {
    return new Refused(message, List.copyOf(warnings));
  }
}
