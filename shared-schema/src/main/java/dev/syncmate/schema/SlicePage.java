// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Slices of a file, in their order. Wire shape: slice-page.schema.json. */
public record SlicePage(List<ReadSlice> slices, @Nullable Integer next) {
  /** Copies the lists. */
  public SlicePage {
    slices = List.copyOf(slices);
  }
}
