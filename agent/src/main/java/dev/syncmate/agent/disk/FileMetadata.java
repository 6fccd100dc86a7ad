// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What a new file takes over from its source besides the bytes.
 *
 * @param permissions of owner, group and others: never those that let a program run as its owner
 */
public record FileMetadata(int permissions, long modifiedNs) {
  private static final int PERMISSIONS = 0777;

  /** Leaves the other bits of a mode out. */
  public FileMetadata {
    permissions &= PERMISSIONS;
  }

  /** That of a file that somebody may have named by a link. */
  public static FileMetadata of(Path file) throws IOException {
    Map<String, Object> found = Files.readAttributes(file, "unix:mode,lastModifiedTime");
    return new FileMetadata(
        (Integer) Objects.requireNonNull(found.get("mode")),
        ((FileTime) Objects.requireNonNull(found.get("lastModifiedTime")))
            .to(TimeUnit.NANOSECONDS));
  }

  /** Gives it to a file of this user's. */
  public void giveTo(Path file) throws IOException {
    // The time first: then it may be opened.
    Files.setLastModifiedTime(file, FileTime.from(modifiedNs, TimeUnit.NANOSECONDS));
    Files.setAttribute(file, "unix:mode", permissions);
  }
}
