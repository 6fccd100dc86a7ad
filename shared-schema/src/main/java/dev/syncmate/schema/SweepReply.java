// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** A job to look through, if one is due. Wire shape: sweep-reply.schema.json. */
public record SweepReply(List<Sweep> sweeps) {
  /** Copies the lists. */
  public SweepReply {
    sweeps = List.copyOf(sweeps);
  }
}
