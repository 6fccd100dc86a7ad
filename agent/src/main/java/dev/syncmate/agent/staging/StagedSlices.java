// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the journals prove about a staging file, at one moment. */
public final class StagedSlices {
  private final long heldBytes;
  private final long transferOffsetBytes;
  private final Set<DigestedSlice> verified = new HashSet<>();
  private final Map<SliceRange, Integer> passes = new HashMap<>();

  StagedSlices(List<JournalEntry> entries, long inode, long heldBytes, long transferOffsetBytes) {
    this.heldBytes = heldBytes;
    this.transferOffsetBytes = transferOffsetBytes;
    for (JournalEntry entry : entries) {
      if (entry.inode() != inode) {
        continue;
      }
      String sha256 = entry.sha256();
      if (entry.event() == JournalEntry.Event.BEGUN) {
        passes.merge(entry.range(), 1, Integer::sum);
      } else if (sha256 != null) {
        verified.add(new DigestedSlice(entry.range(), sha256));
      }
    }
  }

  /** Bytes that the staging file holds now, holes counted; -1 where there is none. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Whether a pass over the slice ended durably with this digest. */
  public boolean isVerified(DigestedSlice slice) {
    return verified.contains(slice) && heldBytes >= slice.range().endBytes() - transferOffsetBytes;
  }

  /** The digest of a pass over the slice that ended durably, if only one is known; else null. */
  public @Nullable String verifiedSha256(SliceRange range) {
    List<DigestedSlice> found =
        verified.stream()
            .filter(slice -> slice.range().equals(range) && isVerified(slice))
            .toList();
    return found.size() == 1 ? found.get(0).sha256() : null;
  }

  /**
   * Those of the slices that more than one pass wrote to. What is on disk may then be from another
   * pass than the one that was verified (a late agent's, with a bad object), so it must be read
   * again. Ranges that overlap in another way than being equal make that all of them.
   */
  public List<DigestedSlice> writtenAgain(Collection<DigestedSlice> slices) {
    Set<SliceRange> expected = new HashSet<>();
    slices.forEach(slice -> expected.add(slice.range()));
    if (!expected.containsAll(passes.keySet())) {
      return List.copyOf(slices);
    }
    return slices.stream().filter(slice -> passes.getOrDefault(slice.range(), 0) != 1).toList();
  }
}
