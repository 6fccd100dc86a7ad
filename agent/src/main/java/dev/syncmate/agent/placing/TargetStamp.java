// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a target is still the one that was looked at. The time of change is the file
 * system's own: who rewrites a file and puts its modification time back can't put that one back.
 */
record TargetStamp(long inode, long sizeBytes, long modifiedNs, long changedNs) {
  /** That of what lies there now, null for nothing. */
  static @Nullable TargetStamp of(Path target) throws IOException {
    try {
      Map<String, Object> read =
          Files.readAttributes(
              target, "unix:ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
      return new TargetStamp(
          number(read.get("ino")),
          number(read.get("size")),
          nanoseconds(read.get("lastModifiedTime")),
          nanoseconds(read.get("ctime")));
    } catch (NoSuchFileException nothing) {
      return null;
    }
  }

  /** Whether all but the time of the last change of anything is the same. */
  boolean isSameContent(TargetStamp other) {
    return inode == other.inode && sizeBytes == other.sizeBytes && modifiedNs == other.modifiedNs;
  }

  static String describe(@Nullable TargetStamp stamp) {
    return stamp == null
        ? "nothing there"
        : "%d bytes (inode %d)".formatted(stamp.sizeBytes, stamp.inode);
  }

  private static long number(@Nullable Object value) {
    return ((Number) Objects.requireNonNull(value)).longValue();
  }

  private static long nanoseconds(@Nullable Object value) {
    return ((FileTime) Objects.requireNonNull(value)).to(TimeUnit.NANOSECONDS);
  }
}
