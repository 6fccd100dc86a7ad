// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.config.PathMap;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where received files go.
 *
 * @param destDir for files that the destination does not have yet, null for nowhere
 * @param cacheDir for files being received, null for beside each target
 * @param targetRoots folders that targets must lie in, besides destDir and those of the plan
 * @param deleteRemote whether received objects are deleted
 * @param preserves whether new files get the permissions and time of their sources
 */
public record RecvRequest(
    @Nullable Path destDir,
    @Nullable Path cacheDir,
    List<Path> targetRoots,
    PathMap paths,
    boolean deleteRemote,
    boolean preserves) {
  /** Copies the roots. */
  public RecvRequest {
    targetRoots = List.copyOf(targetRoots);
  }
}
