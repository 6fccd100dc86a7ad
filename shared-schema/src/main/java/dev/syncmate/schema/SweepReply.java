// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job to look through, if one is due. Wire shape: sweep-reply.schema.json. */
public record SweepReply(List<Sweep> sweeps, @Nullable Long waitMs) {
  /** Copies the lists. */
  public SweepReply {
    sweeps = List.copyOf(sweeps);
  }
}
