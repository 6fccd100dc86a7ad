// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All slices of a file as they were sent.
 *
 * @param sourcePath as planned
 * @param first what the source was when its first slice was read, where that is known
 */
public record SentFile(String sourcePath, List<SentSlice> slices, @Nullable SourceStamp first) {
  /** Copies the list. */
  public SentFile {
    slices = List.copyOf(slices);
  }
}
