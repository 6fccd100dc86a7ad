// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says under which path this host may find a source file, or null: it doesn't look for it here. */
@FunctionalInterface
public interface SourceLocator {
  /**
   * Looks nowhere. The plan then follows from the two profiles alone and is the same on each host.
   */
  SourceLocator NONE = sourcePath -> null;

  /**
   * The file need not exist.
   *
   * @throws dev.syncmate.agent.failure.TransferException when the path can't be one of this host
   */
  @Nullable Path locate(String sourcePath);
}
