// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
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
    if (!Files.isRegularFile(placement.at(), LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    boolean isRepair = placement.transfer().mode() == Mode.REPAIR;
    try (FileChannel channel = FileBytes.openToRead(placement.at())) {
      return (isRepair || channel.size() == placement.transfer().sizeBytes())
          && new SlicePass(channel, 0, placement.cancellation())
                  .firstBad(placement.file().slices(), (chunk, offset) -> {})
              == null
          && (isRepair || fits(placement, channel));
    }
  }

  private boolean fits(Placement placement, FileChannel target) throws IOException {
    String source = placement.file().source().digest();
    boolean isAppend = placement.transfer().mode() == Mode.APPEND;
    return isOrUnknown(target, placement.transfer().sizeBytes(), source)
        && (!isAppend || isPlannedPrefix(placement, target));
  }

  /** Whether the target's first bytes are those that the plan knew. */
  boolean isPlannedPrefix(Placement placement) throws IOException {
    try (FileChannel channel = FileBytes.openToRead(placement.at())) {
      return isPlannedPrefix(placement, channel);
    }
  }

  private boolean isPlannedPrefix(Placement placement, FileChannel target) throws IOException {
    return isOrUnknown(
        target, placement.transfer().offsetBytes(), placement.file().planned().digest());
  }

  private boolean isOrUnknown(FileChannel file, long lengthBytes, @Nullable String expected)
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
    ReceivedFile.Planned planned = placement.file().planned();
    if (!placement.isPlannedThere() || !planned.isSize(found.sizeBytes())) {
      return false;
    }
    try (FileChannel channel = FileBytes.openToRead(placement.at())) {
      return isOrUnknown(channel, found.sizeBytes(), planned.digest());
    }
  }

  /**
   * Refuses a target that somebody has changed, or made, since it was looked at.
   *
   * @return what is there now: others may have got rights on it
   */
  @Nullable TargetStamp requireAsFound(Placement placement, @Nullable TargetStamp found)
      throws IOException {
    TargetStamp now = TargetStamp.of(placement.at());
    if (!Objects.equals(now, found) && !isOnlyTouched(placement, now, found)) {
      throw placement.targetChanged(
          TargetStamp.describe(now) + ", since placing began", TargetStamp.describe(found));
    }
    return now;
  }

  /** Other rights or one more hard link are no change of what is in it. */
  private boolean isOnlyTouched(
      Placement placement, @Nullable TargetStamp now, @Nullable TargetStamp found)
      throws IOException {
    return now != null
        && found != null
        && now.isSameContent(found)
        && placement.file().planned().digest() != null
        && isReplaceable(placement, now);
  }

  /** Refuses a target whose path has come to lead elsewhere. */
  void requireUnmoved(Placement placement) {
    if (!staging.target(placement.transfer()).equals(placement.target())
        || !placement.paths().targetFolder().isInPlace()) {
      throw new TransferException(
          Reason.TARGET_MOVED,
          "target %s leads elsewhere than when placing began; it is tried again"
              .formatted(placement.target()));
    }
  }

  /**
   * Refuses a file, the target or what is to become it, that is not what the source was.
   *
   * @param name for messages
   */
  void requireSourceDigest(Placement placement, Path file, String name) throws IOException {
    String expected = placement.file().source().digest();
    if (expected == null) {
      return;
    }
    try (FileChannel channel = FileBytes.openToRead(file)) {
      String found = digest.ofPrefix(channel, placement.transfer().sizeBytes());
      if (!found.equals(expected)) {
        throw placement.digestMismatch(name, found);
      }
    }
  }
}
