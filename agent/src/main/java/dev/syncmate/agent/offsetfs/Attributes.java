// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** What stat says about a file. Permissions are the lowest nine mode bits. */
public record Attributes(long sizeBytes, int permissions, int uid, int gid, Instant modified) {
  /** Owner and time of a folder, for the root of a mount on it. */
  public static Attributes ofFolder(Path folder) throws IOException {
    SourceStat stat = SourceStat.of(folder);
    return new Attributes(0, 0, stat.uid(), stat.gid(), stat.modified());
  }
}
