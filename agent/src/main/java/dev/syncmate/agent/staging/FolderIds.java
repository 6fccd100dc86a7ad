// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import org.jspecify.annotations.Nullable;

/**
 * What hosts of one domain have in common.
 *
 * @param target of the folder where new files go; null: it has none
 * @param cache of the folder for files being received; null: they lie beside their targets
 */
public record FolderIds(@Nullable String target, @Nullable String cache) {
  /** Of who receives nothing. */
  public static final FolderIds NONE = new FolderIds(null, null);
}
