// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.Decision.Move;
import dev.syncmate.agent.plan.Decision.Refused;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Compares two profiles and says which files must move, and how.
 *
 * <p>Maps: the newest version counts; a newer one is sent whole, of the same one what is missing or
 * differs. Objects: what is missing is sent whole, what has grown is appended to if the
 * destination's bytes are its beginning; where this host can't tell, the file is unresolved. Where
 * nothing can be said about a file, it is an error of the plan, never left out silently.
 *
 * <p><b>Threads.</b> Blocks the caller; sources are read on a pool of its own, {@link
 * #READERS_DEFAULT} at a time by default.
 */
public final class Planner {
  /** Reads at a time: each is small, and waits for a disk or a network file system. */
  public static final int READERS_DEFAULT = 16;

  private static final int READERS_MAX = 256;

  private final SourceLocator sources;
  private final int readers;
  private final boolean comparesPrefixes;

  /** Plans for this host: the beginnings of grown files are compared here where they can be. */
  public Planner(SourceLocator sources) {
    this(sources, READERS_DEFAULT);
  }

  /**
   * Plans for a job that any host may submit: a grown file is always unresolved, so that two hosts
   * never submit it in two ways. Sources are read only for digests that the profile lacks.
   */
  public static Planner forJob(SourceLocator sources) {
    return new Planner(sources, READERS_DEFAULT, false);
  }

  Planner(SourceLocator sources, int readers) {
    this(sources, readers, true);
  }

  private Planner(SourceLocator sources, int readers, boolean comparesPrefixes) {
    if (readers < 1 || readers > READERS_MAX) {
      throw new IllegalArgumentException(
          "readers: %d (expected: 1 to %d)".formatted(readers, READERS_MAX));
    }
    this.sources = sources;
    this.readers = readers;
    this.comparesPrefixes = comparesPrefixes;
  }

  /** Plans; the result depends on the order of nothing in the profiles. */
  public Plan plan(Profile source, Profile destination) throws InterruptedException {
    Pairing pairing = new Pairing(source, destination);
    pairing.run();
    List<FilePair> pairs = pairing.pairs();
    List<String> warnings = new ArrayList<>(pairing.warnings());
    List<FileError> errors = new ArrayList<>(pairing.errors());
    VirtualNames names = new VirtualNames(pairs);
    warnings.addAll(clashWarnings(names));

    List<Decision> decisions = decide(pairs);
    List<PlannedFile> planned = new ArrayList<>();
    long unchanged = 0;
    for (int i = 0; i < pairs.size(); i++) {
      FilePair pair = pairs.get(i);
      Decision decision = decisions.get(i);
      warnings.addAll(decision.warnings());
      String nameProblem = VirtualNames.problem(pair.source());
      if (decision instanceof Refused refused) {
        errors.add(new FileError(pair.source().path(), refused.message()));
      } else if (!(decision instanceof Move move)) {
        unchanged++;
      } else if (nameProblem != null) {
        errors.add(new FileError(pair.source().path(), nameProblem));
      } else {
        planned.add(planned(pair, move, names));
      }
    }
    Collisions collisions = new Collisions(planned);
    errors.addAll(collisions.errors());
    return new Plan(collisions.kept(), unchanged, warnings, errors);
  }

  private List<Decision> decide(List<FilePair> pairs) throws InterruptedException {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread = new Thread(task, "plan-digest-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    ExecutorService pool = Executors.newFixedThreadPool(readers, threads);
    try {
      List<Callable<Decision>> tasks = new ArrayList<>();
      pairs.forEach(
          pair -> tasks.add(() -> new PairDecider(sources, pair, comparesPrefixes).decide()));
      List<Decision> decisions = new ArrayList<>();
      for (Future<Decision> future : pool.invokeAll(tasks)) {
        decisions.add(future.get());
      }
      return decisions;
    } catch (ExecutionException e) {
      throw new IllegalStateException("planning failed: " + e.getCause(), e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static PlannedFile planned(FilePair pair, Move move, VirtualNames names) {
    ProfileFile source = pair.source();
    ProfileFile target = pair.target();
    Long targetSize = target == null ? null : target.sizeBytes();
    String virtualPath =
        move.mode() == PlanMode.APPEND
            ? names.of(source, Objects.requireNonNull(targetSize))
            : names.of(source);
    return new PlannedFile(
        virtualPath,
        source.path(),
        move.sizeBytes(),
        move.digest(),
        target == null ? null : target.path(),
        targetSize,
        target == null ? null : target.digest(),
        move.mode(),
        DestinationFolder.of(source.name()),
        source.name(),
        SourcePaths.zone(source.path()));
  }

  private static List<String> clashWarnings(VirtualNames names) {
    return names.clashes().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            clash ->
                "%s: %d source files have this name: sent under different virtual paths: %s"
                    .formatted(
                        Shown.text(clash.getKey()),
                        clash.getValue().size(),
                        clash.getValue().stream()
                            .limit(3)
                            .map(Shown::text)
                            .collect(Collectors.joining(", "))))
        .toList();
  }
}
