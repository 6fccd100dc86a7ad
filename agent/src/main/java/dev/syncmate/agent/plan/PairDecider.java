// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.Decision.Move;
import dev.syncmate.agent.plan.Decision.Refused;
import dev.syncmate.agent.plan.Decision.Unchanged;
import dev.syncmate.agent.plan.SourceReads.Elsewhere;
import dev.syncmate.agent.plan.SourceReads.Found;
import dev.syncmate.agent.plan.SourceReads.Look;
import dev.syncmate.agent.plan.SourceReads.Unreadable;
import dev.syncmate.schema.PlanMode;
import java.util.ArrayList;
import java.util.List;

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

  private final SourceReads reads;
  private final FilePair pair;
  private final boolean comparesPrefixes;
  private final List<String> warnings = new ArrayList<>(0);

  PairDecider(SourceReads reads, FilePair pair, boolean comparesPrefixes) {
    this.reads = reads;
    this.pair = pair;
    this.comparesPrefixes = comparesPrefixes;
  }

  Decision decide() {
    Long size = pair.source().sizeBytes();
    if (size != null) {
      return decide(size);
    }
    Look look = reads.look(pair.source().path());
    if (look instanceof Found found) {
      return decide(found.sizeBytes());
    }
    return look instanceof Unreadable unreadable
        ? refused(unreadable.why())
        : refused(
            "no size in the source profile, and no such file here (expected: a profile of schema 2;"
                + " run woc.detect again)");
  }

  private Decision decide(long size) {
    ProfileFile target = pair.target();
    if (target == null) {
      return move(PlanMode.FULL, size);
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
    if (!pair.kind().isAppendable() || targetSize == 0) {
      return move(PlanMode.FULL, size);
    }
    if (size < targetSize) {
      warnings.add(
          "%s: source has %d bytes, the destination %d: it will be replaced"
              .formatted(Shown.text(pair.source().path()), size, targetSize));
      return move(PlanMode.FULL, size);
    }
    return grown(target, size, targetSize);
  }

  private Decision sameSize(ProfileFile target, long size) {
    if (size == 0) {
      return new Unchanged(List.copyOf(warnings));
    }
    if (!target.hasDigest()) {
      return refused("same size, and " + NO_TARGET_DIGEST);
    }
    Decision moved = move(PlanMode.FULL, size);
    return moved instanceof Move move && move.digest().equals(target.digest())
        ? new Unchanged(List.copyOf(warnings))
        : moved;
  }

  private Decision grown(ProfileFile target, long size, long targetSize) {
    if (!target.hasDigest()) {
      return refused(
          "grown from %d to %d bytes, and %s".formatted(targetSize, size, NO_TARGET_DIGEST));
    }
    if (!comparesPrefixes) {
      return move(PlanMode.UNRESOLVED, size);
    }
    Look look = reads.look(pair.source().path(), size, targetSize);
    if (look instanceof Unreadable unreadable) {
      return refused(unreadable.why());
    }
    List<String> digests = digests(look, size);
    if (digests.isEmpty()) {
      String known = pair.source().digest();
      return known == null ? refused(NO_SOURCE_DIGEST) : moved(PlanMode.UNRESOLVED, size, known);
    }
    boolean prefix = digests.get(1).equals(target.digest());
    return moved(prefix ? PlanMode.APPEND : PlanMode.FULL, size, digests.get(0));
  }

  /**
   * The receiver checks the digest of the whole file before it publishes it, so there must be one.
   */
  private Decision move(PlanMode mode, long size) {
    String known = pair.source().digest();
    if (known != null) {
      return moved(mode, size, known);
    }
    Look look = reads.look(pair.source().path(), size);
    if (look instanceof Unreadable unreadable) {
      return refused(unreadable.why());
    }
    List<String> digests = digests(look, size);
    return digests.isEmpty() ? refused(NO_SOURCE_DIGEST) : moved(mode, size, digests.get(0));
  }

  /** The digests, that of the whole size first, if the file is what the profile says. */
  private List<String> digests(Look look, long size) {
    if (look instanceof Elsewhere elsewhere && elsewhere.why() != null) {
      warnings.add(elsewhere.why());
    }
    if (!(look instanceof Found found)) {
      return List.of();
    }
    String known = pair.source().digest();
    if (found.digests().isEmpty()) {
      warnings.add(
          "%s: has %d bytes here, %d in the source profile: not read"
              .formatted(Shown.text(found.file().toString()), found.sizeBytes(), size));
    } else if (known != null && !known.equals(found.digests().get(0))) {
      warnings.add(
          "%s: is not the file that the source profile describes: not read"
              .formatted(Shown.text(found.file().toString())));
      return List.of();
    }
    return found.digests();
  }

  private Move moved(PlanMode mode, long size, String digest) {
    return new Move(mode, size, digest, List.copyOf(warnings));
  }

  private Refused refused(String message) {
    return new Refused(message, List.copyOf(warnings));
  }
}
