// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/** The files of a plan, each made when it is asked for. */
final class Moves extends AbstractList<Plan.Move> implements RandomAccess {
  private final List<FilePair> pairs;
  private final Decisions decisions;
  private final VirtualNames names;

  /** Which pairs move. */
  private final int[] moving;

  Moves(List<FilePair> pairs, Decisions decisions, VirtualNames names, int[] moving) {
    this.pairs = pairs;
    this.decisions = decisions;
    this.names = names;
    this.moving = moving;
  }

  /** The others. */
  Moves without(BitSet positions) {
    int[] kept = new int[moving.length - positions.cardinality()];
    int length = 0;
    for (int i = positions.nextClearBit(0); i < moving.length; i = positions.nextClearBit(i + 1)) {
      kept[length++] = moving[i];
    }
    return new Moves(pairs, decisions, names, kept);
  }

  @Override
  public int size() {
    return moving.length;
  }

  @Override
  public Plan.Move get(int index) {
    return new Plan.Move(file(moving[index]), pairs.get(moving[index]).kind().label());
  }

  /** The files alone, without what only people need. */
  List<PlannedFile> files() {
    return new Files();
  }

  private final class Files extends AbstractList<PlannedFile> implements RandomAccess {
    @Override
    public PlannedFile get(int index) {
      return file(moving[index]);
    }

    @Override
    public int size() {
      return moving.length;
    }
  }

  private PlannedFile file(int index) {
    FilePair pair = pairs.get(index);
    ProfileFile source = pair.source();
    ProfileFile target = pair.target();
    PlanMode mode = Objects.requireNonNull(decisions.mode(index));
    Long targetSize = target == null ? null : target.sizeBytes();
    String virtualPath =
        mode == PlanMode.APPEND
            ? names.of(source, Objects.requireNonNull(targetSize))
            : names.of(source);
    String sourcePath = source.path();
    PublishGroup group = pair.kind().group(source);
    return new PlannedFile(
        virtualPath,
        sourcePath,
        decisions.sizeBytes(index),
        decisions.digest(index),
        target == null ? pair.kind().newTarget(source) : target.path(),
        targetSize,
        target == null ? null : target.digest(),
        mode,
        DestinationFolder.of(source.name()),
        source.name(),
        SourcePaths.zone(sourcePath),
        group == null ? null : group.id(),
        group == null ? null : group.order());
  }
}
