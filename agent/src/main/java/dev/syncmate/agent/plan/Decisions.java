// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.plan.Decision.Refused;
import dev.syncmate.agent.plan.Decision.Transferred;
import dev.syncmate.schema.PlanMode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each of many pairs, in a few bytes for each.
 *
 * <p><b>Threads.</b> Each pair is set by one thread; all are set before the first is read.
 */
final class Decisions {
  private final @Nullable PlanMode[] modes;
  private final long[] sizes;
  private final long[] digests;
  private final Map<Integer, String> refusals = new ConcurrentHashMap<>();
  private final Map<Integer, List<String>> warnings = new ConcurrentHashMap<>();

  Decisions(int count) {
    modes = new PlanMode[count];
    sizes = new long[count];
    digests = new long[count];
  }

  void set(int pair, Decision decision) {
    if (!decision.warnings().isEmpty()) {
      warnings.put(pair, decision.warnings());
    }
    if (decision instanceof Transferred file) {
      modes[pair] = file.mode();
      sizes[pair] = file.sizeBytes();
      digests[pair] = SampleDigest.toBits(file.digest());
    } else if (decision instanceof Refused refused) {
      refusals.put(pair, refused.message());
    }
  }

  /** Null: it does not move. */
  @Nullable PlanMode mode(int pair) {
    return modes[pair];
  }

  /** Null: it is not refused. */
  @Nullable String refusal(int pair) {
    return refusals.get(pair);
  }

  long sizeBytes(int pair) {
    return sizes[pair];
  }

  String digest(int pair) {
    return SampleDigest.ofBits(digests[pair]);
  }

  List<String> warnings(int pair) {
    return warnings.getOrDefault(pair, List.of());
  }
}
