// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is known of a placed file.
 *
 * @param targetPath where it lies, before path maps and symlinks
 * @param sourcePath where its last bytes came from
 * @param slices by offset, those that were sent; at least one
 */
public record Manifest(String targetPath, String sourcePath, List<DigestedSlice> slices) {
  /** Orders the slices. */
  public Manifest {
    slices =
        slices.stream()
            .sorted(Comparator.comparingLong(slice -> slice.range().offsetBytes()))
            .toList();
    if (slices.isEmpty()) {
      throw new IllegalArgumentException("manifest of %s: no slice".formatted(targetPath));
    }
  }

  /** Size of the file. */
  public long sizeBytes() {
    return slices.get(slices.size() - 1).range().endBytes();
  }

  /** Bytes that were never sent: they were there before the first transfer of the file. */
  public List<SliceRange> gaps() {
    List<SliceRange> gaps = new ArrayList<>();
    long covered = 0;
    for (DigestedSlice slice : slices) {
      long offset = slice.range().offsetBytes();
      if (offset > covered) {
        gaps.add(new SliceRange(covered, offset - covered));
      }
      covered = Math.max(covered, slice.range().endBytes());
    }
    return gaps;
  }
}
