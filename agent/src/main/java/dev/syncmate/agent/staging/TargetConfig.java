// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where this host may put files.
 *
 * @param destDir folder for files without a known target path, null for none
 * @param targetRoots folders that known target paths must lie in; destDir is always one
 * @param mapper from a path as the profile names it to this host's path
 */
public record TargetConfig(
    @Nullable Path destDir, List<Path> targetRoots, Function<String, Path> mapper) {
  /** Makes the paths absolute. */
  public TargetConfig {
    destDir = destDir == null ? null : destDir.toAbsolutePath().normalize();
    targetRoots = targetRoots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
  }
}
