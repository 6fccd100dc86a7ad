// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.List;

/**
 * What must move, and what was found on the way.
 *
 * @param files as they are submitted, in a stable order: maps, then objects, each by name and
 *     shard; made when they are asked for, so that a million of them need little memory
 * @param moves the same files, with what people need
 * @param unchangedFiles files that the destination has already
 * @param warnings one line each; the plan is right all the same
 * @param clashes a line for each name that several source files have: they got different virtual
 *     paths
 * @param errors files that could not be planned
 */
public record Plan(
    List<PlannedFile> files,
    List<Move> moves,
    long unchangedFiles,
    List<String> warnings,
    List<String> clashes,
    List<FileError> errors) {
  /** Copies the short lists. */
  public Plan {
    warnings = List.copyOf(warnings);
    clashes = List.copyOf(clashes);
    errors = List.copyOf(errors);
  }

  /**
   * A file that must move.
   *
   * @param kind what it is one of, for people
   */
  public record Move(PlannedFile file, String kind) {
    /** Bytes that move at least in this mode: of an unresolved file perhaps the tail only. */
    public long bytesMin(PlanMode mode) {
      Long target = file.targetSizeBytes();
      return mode != PlanMode.FULL && target != null ? file.sizeBytes() - target : file.sizeBytes();
    }

    /** Bytes that move at most in this mode: of an unresolved file perhaps all. */
    public long bytesMax(PlanMode mode) {
      return mode == PlanMode.APPEND ? bytesMin(mode) : file.sizeBytes();
    }
  }

  /** A file that is left out of the plan, and why. */
  public record FileError(String sourcePath, String message) {
    /** One line. */
    public String line() {
      return Shown.text(sourcePath) + ": " + message;
    }
  }

  /**
   * Files by mode, and the bytes to move.
   *
   * @param bytes unresolved files count in full, they may turn out to be less
   */
  public record Tally(long full, long append, long unresolved, long bytes) {}

  /** Counts; it goes through all files. */
  public Tally tally() {
    long full = 0;
    long append = 0;
    long unresolved = 0;
    long bytes = 0;
    for (Move move : moves) {
      bytes += move.bytesMax(move.file().mode());
      switch (move.file().mode()) {
        case FULL -> full++;
        case APPEND -> append++;
        case UNRESOLVED -> unresolved++;
        case REPAIR -> throw new IllegalStateException("a plan from profiles repairs nothing");
      }
    }
    return new Tally(full, append, unresolved, bytes);
  }
}
