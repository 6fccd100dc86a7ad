// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.StagedSlices;
import dev.syncmate.agent.staging.Staging;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What lies in staging of a file that is to be placed, and what of it may be used.
 *
 * <p><b>Errors.</b> Reason staging_lost (RESEND). Slices that are proven bad lose their
 * verification, so that they are received again and the good ones are not.
 */
final class StagedState {
  private final Staging staging;

  StagedState(Staging staging) {
    this.staging = staging;
  }

  /** Whether there is a staging file. */
  static boolean isStaged(Placement placement) {
    return Files.isRegularFile(placement.staged().part(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Refuses staging in which not every slice was verified, or of another size. */
  StagedSlices requireVerified(Placement placement) {
    StagedSlices slices = staging.slices(placement.transfer());
    long expectedBytes = placement.transfer().stagedBytes();
    if (slices.heldBytes() > expectedBytes) {
      staging.discard(placement.transfer());
      throw placement.stagingLost(
          "%d bytes (expected: %d)".formatted(slices.heldBytes(), expectedBytes));
    }
    for (DigestedSlice slice : placement.file().slices()) {
      SliceRange range = slice.range();
      if (range.lengthBytes() > 0 && !slices.isVerified(slice)) {
        throw placement.stagingLost(
            "%d bytes (expected: %d), and slice at %d of %d bytes is not verified there"
                .formatted(
                    slices.heldBytes(), expectedBytes, range.offsetBytes(), range.lengthBytes()));
      }
    }
    return slices;
  }

  /** Reads the slices again that more than one pass wrote to. */
  void requireSettled(Placement placement, StagedSlices slices) throws IOException {
    List<DigestedSlice> suspect = slices.writtenAgain(placement.file().slices());
    if (suspect.isEmpty()) {
      return;
    }
    List<DigestedSlice> bad = new ArrayList<>();
    try (FileChannel part = FileBytes.openToRead(placement.staged().part())) {
      SlicePass pass =
          new SlicePass(part, placement.transfer().offsetBytes(), placement.cancellation());
      for (DigestedSlice slice : suspect) {
        if (!pass.isGood(slice, (chunk, offset) -> {})) {
          bad.add(slice);
        }
      }
    }
    if (!bad.isEmpty()) {
      throw revoked(placement, bad);
    }
  }

  /** Makes the slices count as never received. */
  TransferException revoked(Placement placement, List<DigestedSlice> bad) {
    Set<SliceRange> ranges = bad.stream().map(DigestedSlice::range).collect(Collectors.toSet());
    staging.revoke(placement.transfer(), ranges);
    SliceRange first = bad.get(0).range();
    return placement.stagingLost(
        "the SHA-256 of %d slices, the first at %d of %d bytes, is not what was verified"
            .formatted(bad.size(), first.offsetBytes(), first.lengthBytes()));
  }
}
