// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.schema.PlanMode;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What this host can say about a source file and about the destination's bytes of it. */
sealed interface PrefixVerdict {
  /**
   * The file is another host's: nothing is wrong with it.
   *
   * @param file where it would be; null where this host has no path for it
   * @param why null: its folder is not here
   */
  record Elsewhere(@Nullable Path file, @Nullable String why) implements PrefixVerdict {}

  /**
   * Its folder is here, and it can't be read.
   *
   * @param error null: it is not a regular file
   */
  record Unreadable(Path file, @Nullable IOException error) implements PrefixVerdict {
    String problem() {
      return error == null ? file + ": not a regular file" : Shown.problem(file, error);
    }

    /** For people who wonder why this host was not content. */
    String notRead() {
      return "not read: " + problem() + (error == null ? "" : ", but its folder is here");
    }
  }

  /** It is here and may be read; what is in it was not asked. */
  record Here(long sizeBytes) implements PrefixVerdict {}

  /** It is here, and shorter than planned. */
  record Shorter(Path file, long sizeBytes) implements PrefixVerdict {}

  /**
   * Its first bytes are not the planned ones.
   *
   * @param digest of as many bytes as were planned
   */
  record Changed(Path file, String digest) implements PrefixVerdict {}

  /**
   * Its first bytes are the planned ones.
   *
   * @param mode APPEND: the destination's bytes are its beginning; FULL: they are not, or there is
   *     nothing to append to; UNRESOLVED: no digest says what the destination's bytes are
   * @param digest of the planned bytes
   * @param beginning digest of as many bytes as the destination has; null where none was needed
   */
  record AsPlanned(PlanMode mode, String digest, @Nullable String beginning)
      implements PrefixVerdict {}
}
