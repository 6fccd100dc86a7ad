// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a profile shall hold.
 *
 * @param roots folders to look in
 * @param onlyVersion the only version of maps that counts; null: all
 * @param skipsIncomplete leaves out maps and objects that lack a shard
 * @param skippedFolder name of folders that are left out: they hold what is on its way
 */
public record ProfileRequest(
    Format format,
    List<Path> roots,
    @Nullable String onlyVersion,
    boolean skipsIncomplete,
    boolean withDigests,
    String skippedFolder) {
  /** Copies the list. */
  public ProfileRequest {
    roots = List.copyOf(roots);
  }

  /** What the tree is. */
  public enum Format {
    /** World of Code: maps and objects by their names. */
    WOC,
    /** Any files, by their paths below the one root. */
    GENERIC
  }
}
