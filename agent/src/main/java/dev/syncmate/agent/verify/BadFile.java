// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not what was placed.
 *
 * @param problem what is the matter with the whole of it; null: only slices are bad
 * @param slices bad ones, by offset; of a file with a problem, none
 */
public record BadFile(PlacedFile file, @Nullable String problem, List<BadSlice> slices) {
  /** Copies the list. */
  public BadFile {
    slices = List.copyOf(slices);
  }
}
