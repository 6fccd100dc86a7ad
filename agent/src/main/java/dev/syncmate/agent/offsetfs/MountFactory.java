// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.nio.file.Path;

/**
 * Port to what mounts: a binding to some libfuse.
 *
 * <p><b>Threads.</b> Any. Calls block for as long as the kernel takes.
 *
 * <p><b>Errors.</b> {@link MountException}, when it can't be done on this host or on this folder.
 */
public interface MountFactory {
  /**
   * Mounts on an existing empty folder and returns when the mount answers. What a dead process left
   * mounted there is cleared first; a live mount is refused.
   */
  Mount mount(OffsetFs fs, Path folder, MountOptions options) throws MountException;

  /**
   * Clears what a dead process left mounted on the folder.
   *
   * @throws MountException when something alive is mounted there
   */
  void clearStale(Path folder) throws MountException;
}
