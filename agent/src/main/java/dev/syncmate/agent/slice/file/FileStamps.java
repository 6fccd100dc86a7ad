// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.slice.SourceStamp;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes stamps of files. */
final class FileStamps {
  private static final String WANTED = "unix:mode,size,lastModifiedTime,ctime,ino";
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  /**
   * File systems count time in ticks, of up to two seconds: of two writes within one the second
   * leaves the stamp as it was.
   */
  static final Duration TICK_MAX = Duration.ofSeconds(2);

  private FileStamps() {}

  /** The file's stamp by that clock; null: it is no regular file. */
  static @Nullable SourceStamp of(Path file, InstantSource clock) throws IOException {
    // Opening what is no regular file could wait for ever.
    if (!isRegular(Files.readAttributes(file, WANTED))) {
      return null;
    }
    // An NFS client asks the server anew when a file is opened; a stat alone may be seconds old.
    try (FileChannel fresh = FileChannel.open(file, StandardOpenOption.READ)) {
      Instant now = clock.instant();
      Map<String, Object> found = Files.readAttributes(file, WANTED);
      return fresh.isOpen() && isRegular(found) ? stamp(found, now) : null;
    }
  }

  private static SourceStamp stamp(Map<String, Object> found, Instant now) {
    FileTime changed = (FileTime) value(found, "ctime");
    return new SourceStamp(
        number(found, "size"),
        ((FileTime) value(found, "lastModifiedTime")).to(TimeUnit.NANOSECONDS),
        changed.to(TimeUnit.NANOSECONDS),
        number(found, "ino"),
        changed.toInstant().isBefore(now.minus(TICK_MAX)));
  }

  private static boolean isRegular(Map<String, Object> found) {
    return (number(found, "mode") & TYPE) == REGULAR;
  }

  private static long number(Map<String, Object> found, String name) {
    return ((Number) value(found, name)).longValue();
  }

  private static Object value(Map<String, Object> found, String name) {
    return Objects.requireNonNull(found.get(name), name);
  }
}
