// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.profile.ProfileFile;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

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

  String virtualPath(int position) {
    return virtualName(moving[position]);
  }

  /** Where the file goes: a path, or folder and name below the destination folder. */
  String target(int position) {
    FilePair pair = pairs.get(moving[position]);
    String path = targetPath(pair);
    String name = pair.source().name();
    return path == null ? DestinationFolder.of(name) + "/" + name : path;
  }

  private String virtualName(int index) {
    FilePair pair = pairs.get(index);
    ProfileFile target = pair.target();
    return decisions.mode(index) == PlanMode.APPEND && target != null
        ? names.of(pair.source(), target.sizeOrMinus1())
        : names.of(pair.source());
  }

  private static @Nullable String targetPath(FilePair pair) {
    ProfileFile target = pair.target();
    return target == null ? pair.kind().newTarget(pair.source()) : target.path();
  }

  private PlannedFile file(int index) {
    FilePair pair = pairs.get(index);
    ProfileFile source = pair.source();
    ProfileFile target = pair.target();
    String sourcePath = source.path();
    PublishGroup group = pair.kind().group(source);
    return new PlannedFile(
        virtualName(index),
        sourcePath,
        decisions.sizeBytes(index),
        decisions.digest(index),
        targetPath(pair),
        target == null ? null : target.sizeBytes(),
        target == null ? null : target.digest(),
        Objects.requireNonNull(decisions.mode(index)),
        DestinationFolder.of(source.name()),
        source.name(),
        Zone.of(sourcePath),
        group == null ? null : group.id(),
        group == null ? null : group.order(),
        null,
        null,
        null);
  }
}
