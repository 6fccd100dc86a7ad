// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.staging.StagedSlices;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TransferMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the bytes of a file that is to be placed.
 *
 * <p><b>Errors.</b> Reason staging_lost (RESEND). Slices that are proven bad lose their
 * verification, so that they are received again and the good ones are not.
 */
final class StagedCheck {
  private final Staging staging;
  private final FileDigest digest;

  StagedCheck(Staging staging, FileDigest digest) {
    this.staging = staging;
    this.digest = digest;
  }

  /** Whether there is a staging file. */
  boolean isStaged(Placement placement) {
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
    for (SliceDigest slice : placement.file().slices()) {
      if (slice.lengthBytes() > 0 && !slices.isVerified(slice)) {
        throw placement.stagingLost(
            "%d bytes (expected: %d), and slice at %d of %d bytes is not verified there"
                .formatted(
                    slices.heldBytes(), expectedBytes, slice.offsetBytes(), slice.lengthBytes()));
      }
    }
    return slices;
  }

  /** Reads the slices again that more than one pass wrote to. */
  void requireSettled(Placement placement, StagedSlices slices) throws IOException {
    List<SliceDigest> suspect = slices.writtenAgain(placement.file().slices());
    if (suspect.isEmpty()) {
      return;
    }
    List<SliceDigest> bad = new ArrayList<>();
    try (FileChannel part = read(placement.staged().part())) {
      SlicePass pass =
          new SlicePass(part, placement.transfer().offsetBytes(), placement.cancellation());
      for (SliceDigest slice : suspect) {
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
  RuntimeException revoked(Placement placement, List<SliceDigest> bad) {
    staging.revoke(placement.transfer(), bad);
    SliceDigest first = bad.get(0);
    return placement.stagingLost(
        "the SHA-256 of %d slices, the first at %d of %d bytes, is not what was verified"
            .formatted(bad.size(), first.offsetBytes(), first.lengthBytes()));
  }

  /** Refuses a file that is not what the source's profile says. */
  void requireSourceDigest(Placement placement, Path file) throws IOException {
    String expected = placement.file().sourceDigest();
    if (expected == null) {
      return;
    }
    String found = digest.ofPrefix(file, placement.transfer().sizeBytes());
    if (!found.equals(expected)) {
      throw placement.digestMismatch(file, found);
    }
  }

  /**
   * Whether the target is already what it must become, by the SHA-256 of every slice. It is so when
   * placing is asked for again after all was cleaned up.
   */
  boolean isPlaced(Placement placement) throws IOException {
    Path target = placement.target();
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
        || Files.size(target) != placement.transfer().sizeBytes()) {
      return false;
    }
    try (FileChannel channel = read(target)) {
      SliceDigest bad =
          new SlicePass(channel, 0, placement.cancellation())
              .firstBad(placement.file().slices(), (chunk, offset) -> {});
      return bad == null && fits(placement);
    }
  }

  private boolean fits(Placement placement) throws IOException {
    Path target = placement.target();
    String source = placement.file().sourceDigest();
    boolean isAppend = placement.transfer().mode() == TransferMode.APPEND;
    return isOrUnknown(target, placement.transfer().sizeBytes(), source)
        && (!isAppend || isPlannedPrefix(placement));
  }

  /** Whether the target's first bytes are those that the plan knew. */
  boolean isPlannedPrefix(Placement placement) throws IOException {
    return isOrUnknown(
        placement.target(), placement.transfer().offsetBytes(), placement.file().targetDigest());
  }

  private boolean isOrUnknown(Path file, long lengthBytes, @Nullable String expected)
      throws IOException {
    return expected == null || expected.equals(digest.ofPrefix(file, lengthBytes));
  }

  /** Whether the whole file has this digest. */
  boolean hasDigest(Path file, @Nullable String expected) throws IOException {
    return expected != null && expected.equals(digest.ofPrefix(file, Files.size(file)));
  }

  static FileChannel read(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }
}
