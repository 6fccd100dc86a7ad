// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.profile.ProfileFile;
import org.jspecify.annotations.Nullable;

/**
 * A source file and the file of the destination that it corresponds to.
 *
 * @param target null where the destination has no such file
 */
record FilePair(FileKind kind, ProfileFile source, @Nullable ProfileFile target) {}
