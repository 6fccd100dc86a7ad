// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.PrefixVerdict.AsPlanned;
import dev.syncmate.agent.plan.PrefixVerdict.Changed;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.ResolvingFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a source file still is what was planned, and the destination's bytes its beginning.
 *
 * @param sizeBytes as planned; the file may have grown since
 * @param sourceDigest null where the source profile has none
 * @param targetSizeBytes 0: the destination has nothing of it
 * @param targetDigest null where the destination's profile has none
 */
record PrefixQuestion(
    String sourcePath,
    long sizeBytes,
    @Nullable String sourceDigest,
    long targetSizeBytes,
    @Nullable String targetDigest) {

  static PrefixQuestion of(PlannedFile file) {
    return new PrefixQuestion(
        file.sourcePath(),
        file.sizeBytes(),
        file.sourceDigest(),
        Objects.requireNonNullElse(file.targetSizeBytes(), 0L),
        file.targetDigest());
  }

  static PrefixQuestion of(ResolvingFile file) {
    return new PrefixQuestion(
        file.sourcePath(),
        file.sizeBytes(),
        file.sourceDigest(),
        file.targetSizeBytes(),
        file.targetDigest());
  }

  /** How many of the file's first bytes a digest is needed of, each. */
  long[] lengthsBytes() {
    return isAppendable() && targetDigest != null
        ? new long[] {sizeBytes, targetSizeBytes}
        : new long[] {sizeBytes};
  }

  /** The answer to digests of those lengths. */
  PrefixVerdict verdict(Path file, List<String> digests) {
    String whole = digests.get(0);
    if (sourceDigest != null && !sourceDigest.equals(whole)) {
      return new Changed(file, whole);
    }
    if (!isAppendable()) {
      return new AsPlanned(PlanMode.FULL, whole, null);
    }
    if (targetDigest == null) {
      return new AsPlanned(PlanMode.UNRESOLVED, whole, null);
    }
    String beginning = digests.get(1);
    PlanMode mode = beginning.equals(targetDigest) ? PlanMode.APPEND : PlanMode.FULL;
    return new AsPlanned(mode, whole, beginning);
  }

  private boolean isAppendable() {
    return targetSizeBytes > 0 && targetSizeBytes < sizeBytes;
  }
}
