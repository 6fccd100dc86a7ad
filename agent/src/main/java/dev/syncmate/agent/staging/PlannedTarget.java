// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import org.jspecify.annotations.Nullable;

/**
 * Where the plan wants a file.
 *
 * @param path as the destination's profile names it; null for a file that is new there
 * @param sub folder of a new file, below the one for new files
 * @param name of a new file
 */
public record PlannedTarget(@Nullable String path, String sub, String name) {}
