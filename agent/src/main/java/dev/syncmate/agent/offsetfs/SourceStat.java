// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** One stat of a source; symlinks are followed, the sources are the operator's. */
record SourceStat(
    long sizeBytes, int mode, int uid, int gid, Instant modified, long device, long inode) {
  private static final String WANTED = "unix:size,mode,uid,gid,lastModifiedTime,dev,ino";
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;

  static SourceStat of(Path source) throws IOException {
    Map<String, Object> found = Files.readAttributes(source, WANTED);
    return new SourceStat(
        number(found, "size"),
        (int) number(found, "mode"),
        (int) number(found, "uid"),
        (int) number(found, "gid"),
        ((FileTime) value(found, "lastModifiedTime")).toInstant(),
        number(found, "dev"),
        number(found, "ino"));
  }

  boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  boolean isSameFile(SourceStat other) {
    return device == other.device && inode == other.inode;
  }

  private static long number(Map<String, Object> found, String name) {
    return ((Number) value(found, name)).longValue();
  }

  private static Object value(Map<String, Object> found, String name) {
    return Objects.requireNonNull(found.get(name), name);
  }
}
