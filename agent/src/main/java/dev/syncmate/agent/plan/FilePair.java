// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import org.jspecify.annotations.Nullable;

/**
 * A source file and the file of the destination that it corresponds to.
 *
 * @param appendable grows at its end only (objects); maps are always replaced
 * @param target null where the destination has no such file
 */
record FilePair(boolean appendable, ProfileFile source, @Nullable ProfileFile target) {}
