// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.SentFile;
import org.jspecify.annotations.Nullable;

/** Whether the slices of a file that was sent were one state of its source. */
@FunctionalInterface
public interface SourceProof {
  /**
   * Reads what must be read for it; blocks the caller.
   *
   * @return the first slice that isn't what was sent, for people; null: there is none
   * @throws dev.syncmate.agent.failure.TransferException when the source can't be read here, or
   *     isn't what the slices are from
   */
  @Nullable String differs(SentFile file, Cancellation cancellation);
}
