// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileFile;
import dev.syncmate.agent.profile.Profiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Compares two profiles and says which files must move, and how.
 *
 * <p>Maps: the newest version counts; a newer one is sent whole, of the same one what is missing or
 * differs. Objects: what is missing is sent whole, what has grown is appended to if the
 * destination's bytes are its beginning; where this host can't tell, the file is unresolved. Where
 * nothing can be said about a file, it is an error of the plan, never left out silently.
 *
 * <p><b>Threads.</b> Blocks the caller; sources are read on a pool of its own, {@link
 * ParallelReads#READERS_DEFAULT} at a time by default.
 */
public final class Planner {
  private final SourceLocator sources;
  private final int readers;
  private final Rules rules;
  private final ParallelReads.Progress progress;

  /**
   * What the decisions follow.
   *
   * @param comparesPrefixes whether the beginnings of grown files are compared here
   * @param allowsShrink whether a smaller source takes the place of a larger file
   */
  record Rules(boolean comparesPrefixes, boolean allowsShrink) {}

  /** Plans for this host: the beginnings of grown files are compared here where they can be. */
  public Planner(SourceLocator sources) {
    this(sources, ParallelReads.READERS_DEFAULT);
  }

  /**
   * Plans for a job that any host may submit: a grown file is always unresolved, so that two hosts
   * never submit it in two ways. Sources are read only for digests that the profile lacks.
   */
  public static Planner forJob(SourceLocator sources) {
    return new Planner(
        sources,
        ParallelReads.READERS_DEFAULT,
        new Rules(false, false),
        ParallelReads.Progress.NONE);
  }

  Planner(SourceLocator sources, int readers) {
    this(sources, readers, new Rules(true, false), ParallelReads.Progress.NONE);
  }

  private Planner(
      SourceLocator sources, int readers, Rules rules, ParallelReads.Progress progress) {
    this.progress = progress;
    this.sources = sources;
    this.readers = readers;
    this.rules = rules;
  }

  /** The same planner that tells how far its reads are. */
  public Planner withProgress(ParallelReads.Progress told) {
    return new Planner(sources, readers, rules, told);
  }

  /** The same planner; whether smaller sources take the place of larger files is as told. */
  public Planner allowingShrink(boolean allowed) {
    return new Planner(sources, readers, new Rules(rules.comparesPrefixes(), allowed), progress);
  }

  /** Plans; the result depends on the order of nothing in the profiles. */
  public Plan plan(Profiles profiles) throws InterruptedException {
    return plan(profiles.source(), profiles.destination());
  }

  Plan plan(Profile source, Profile destination) throws InterruptedException {
    Pairing pairing = new Pairing(source, destination);
    pairing.run();
    List<FilePair> pairs = pairing.pairs();
    List<String> warnings = new ArrayList<>(pairing.warnings());
    List<FileError> errors = new ArrayList<>(pairing.errors());
    VirtualNames names = new VirtualNames(pairs);

    Decisions decisions = decide(pairs);
    int[] moving = new int[pairs.size()];
    int count = 0;
    long unchanged = 0;
    for (int i = 0; i < pairs.size(); i++) {
      ProfileFile file = pairs.get(i).source();
      warnings.addAll(decisions.warnings(i));
      String refusal = decisions.refusal(i);
      String nameProblem = VirtualNames.problem(file);
      if (refusal != null) {
        errors.add(new FileError(file.path(), refusal));
      } else if (decisions.mode(i) == null) {
        unchanged++;
      } else if (nameProblem != null) {
        errors.add(new FileError(file.path(), nameProblem));
      } else {
        moving[count++] = i;
      }
    }
    Moves moves = new Moves(pairs, decisions, names, Arrays.copyOf(moving, count));
    Collisions collisions = new Collisions(moves);
    errors.addAll(collisions.errors());
    Moves kept = moves.without(collisions.refused());
    return new Plan(kept.files(), kept, unchanged, warnings, names.clashes(), errors);
  }

  private Decisions decide(List<FilePair> pairs) throws InterruptedException {
    Decisions decisions = new Decisions(pairs.size());
    SourceFiles lookedAt = new SourceFiles(sources);
    IntConsumer decide =
        i -> decisions.set(i, new PairDecider(lookedAt, pairs.get(i), rules).decide());
    if (sources == SourceLocator.NONE) {
      for (int i = 0; i < pairs.size(); i++) {
        decide.accept(i);
      }
    } else {
      ParallelReads.run(pairs.size(), readers, decide, progress);
    }
    return decisions;
  }
}
