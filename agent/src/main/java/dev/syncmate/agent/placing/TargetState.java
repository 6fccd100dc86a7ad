// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.Staging;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the target of a file is, compared with what the plan knew and with what it must become. */
final class TargetState {
  private final Staging staging;
  private final FileDigest digest;

  TargetState(Staging staging, FileDigest digest) {
    this.staging = staging;
    this.digest = digest;
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
    try (FileChannel channel = FileBytes.openToRead(target)) {
      DigestedSlice bad =
          new SlicePass(channel, 0, placement.cancellation())
              .firstBad(placement.file().slices(), (chunk, offset) -> {});
      return bad == null && fits(placement);
    }
  }

  private boolean fits(Placement placement) throws IOException {
    String source = placement.file().source().digest();
    boolean isAppend = placement.transfer().mode() == Mode.APPEND;
    return isOrUnknown(placement.target(), placement.transfer().sizeBytes(), source)
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

  /**
   * Whether what lies at the target, of this stamp, may give way to the whole new file: nothing
   * where the plan saw nothing, else what the plan saw.
   */
  boolean isReplaceable(Placement placement, @Nullable TargetStamp found) throws IOException {
    if (found == null) {
      return true;
    }
    String planned = placement.file().targetDigest();
    return placement.isPlannedThere()
        && (planned == null
            || planned.equals(digest.ofPrefix(placement.target(), found.sizeBytes())));
  }

  /** Refuses a target that somebody has changed, or made, since it was looked at. */
  void requireAsFound(Placement placement, @Nullable TargetStamp found) throws IOException {
    TargetStamp now = TargetStamp.of(placement.target());
    if (!Objects.equals(now, found) && !isOnlyTouched(placement, now, found)) {
      throw placement.targetChanged(
          TargetStamp.describe(now) + ", since placing began", TargetStamp.describe(found));
    }
  }

  /** Other rights or one more hard link are no change of what is in it. */
  private boolean isOnlyTouched(
      Placement placement, @Nullable TargetStamp now, @Nullable TargetStamp found)
      throws IOException {
    return now != null
        && found != null
        && now.isSameContent(found)
        && placement.file().targetDigest() != null
        && isReplaceable(placement, now);
  }

  /** Refuses a target whose path has come to lead elsewhere. */
  void requireUnmoved(Placement placement) {
    if (!staging.target(placement.transfer()).equals(placement.target())) {
      throw new TransferException(
          Reason.TARGET_MOVED,
          "target %s leads elsewhere than when placing began; it is tried again"
              .formatted(placement.target()));
    }
  }

  /** Refuses a file, the target or what is to become it, that is not what the source was. */
  void requireSourceDigest(Placement placement, Path file) throws IOException {
    String expected = placement.file().source().digest();
    if (expected == null) {
      return;
    }
    String found = digest.ofPrefix(file, placement.transfer().sizeBytes());
    if (!found.equals(expected)) {
      throw placement.digestMismatch(file, found);
    }
  }
}
