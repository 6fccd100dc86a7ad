// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.config.ZoneCost;
import dev.syncmate.agent.offsetfs.FuseVersion;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a sending agent finds and reads its slices.
 *
 * @param paths where sources lie on this host
 * @param zones what zones cost, where the configuration says it
 * @param mount how leased slices are shown, or null: not at all
 */
public record SendRequest(PathMap paths, Map<String, ZoneCost> zones, @Nullable SliceView mount) {
  /** Copies the costs. */
  public SendRequest {
    zones = Map.copyOf(zones);
  }

  /**
   * The mount that shows leased slices.
   *
   * @param base folder that it gets a folder of its own in
   * @param isRead whether what is sent is read through it, and not straight from the files
   */
  public record SliceView(FuseVersion fuse, Path base, boolean isRead) {}
}
