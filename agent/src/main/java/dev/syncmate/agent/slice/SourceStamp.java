// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a source file was when it was looked at. No device: it differs between the hosts that mount
 * one file system.
 *
 * <p><b>Units.</b> Bytes; nanoseconds since 1970. The inode is unsigned.
 *
 * @param settled whether every later write is certain to show in another stamp
 */
public record SourceStamp(
    long sizeBytes, long modifiedNanos, long changedNanos, long inode, boolean settled) {
  private static final String UNSETTLED = "~";
  private static final Pattern TEXT = Pattern.compile("(~?)(\\d+):(-?\\d+):(-?\\d+):(\\d+)");

  /** The stamp of that {@link #text}. */
  public static SourceStamp of(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "stamp: %s (expected: size:mtime:ctime:inode)".formatted(text));
    }
    return new SourceStamp(
        Long.parseLong(parts.group(2)),
        Long.parseLong(parts.group(3)),
        Long.parseLong(parts.group(4)),
        Long.parseUnsignedLong(parts.group(5)),
        parts.group(1).isEmpty());
  }

  /** As it is kept: size, mtime, ctime and inode, with a leading ~ unless it is settled. */
  public String text() {
    return "%s%d:%d:%d:%s"
        .formatted(
            settled ? "" : UNSETTLED,
            sizeBytes,
            modifiedNanos,
            changedNanos,
            Long.toUnsignedString(inode));
  }

  /** Whether this can be that file later: untouched, renamed, or longer. */
  public boolean continues(SourceStamp before) {
    return inode == before.inode
        && (sizeBytes > before.sizeBytes
            || (sizeBytes == before.sizeBytes && modifiedNanos == before.modifiedNanos));
  }

  /** Whether both say the same, settled or not. */
  public boolean equalsState(SourceStamp other) {
    return unsettled().equals(other.unsettled());
  }

  @Override
  public String toString() {
    return "%d bytes of %s, changed %s, inode %s"
        .formatted(
            sizeBytes, instant(modifiedNanos), instant(changedNanos), Long.toUnsignedString(inode));
  }

  private static Instant instant(long nanos) {
    return Instant.EPOCH.plusNanos(nanos);
  }

  /** The same, of a file that may have changed unseen. */
  public SourceStamp unsettled() {
    return new SourceStamp(sizeBytes, modifiedNanos, changedNanos, inode, false);
  }
}
