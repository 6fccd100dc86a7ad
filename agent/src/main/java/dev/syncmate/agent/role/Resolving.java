// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.ResolvedBatch;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.Verdict;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers, for files that this host reaches, whether the destination's bytes are a prefix. */
final class Resolving implements Step {
  private static final Logger LOG = LoggerFactory.getLogger(Resolving.class);
  private static final int FILES_MAX = 20;

  private final Loops loops;
  private final ReachableZones zones;
  private final Function<ResolvingFile, ResolvedItem> check;
  private final Runnable resolved;
  private final TakeId takeId = new TakeId();

  /**
   * @param check looks at the source; blocking
   * @param resolved called when files may have become transferable
   */
  Resolving(
      Loops loops,
      ReachableZones zones,
      Function<ResolvingFile, ResolvedItem> check,
      Runnable resolved) {
    this.loops = loops;
    this.zones = zones;
    this.check = check;
    this.resolved = resolved;
  }

  @Override
  public Future<Boolean> run(String session) {
    return zones
        .reachable()
        .compose(reached -> take(session, reached.all()))
        .compose(files -> files.isEmpty() ? Future.succeededFuture(false) : check(session, files));
  }

  private Future<List<ResolvingFile>> take(String session, List<String> reached) {
    if (reached.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return loops
        .coordinator()
        .takeResolving(new TakeResolving(session, takeId.get(), reached, FILES_MAX))
        .map(
            reply -> {
              takeId.done();
              return reply.files();
            });
  }

  /**
   * Held for a lease's duration at most: a check reads little, and who needs longer hangs on a dead
   * mount. What is not reported is offered again once it isn't named any more.
   */
  private Future<Boolean> check(String session, List<ResolvingFile> files) {
    List<HeldFile> held =
        files.stream().map(file -> new HeldFile(file.fileId(), file.leaseEpoch())).toList();
    held.forEach(loops.keeper().leases()::holdFile);
    Scheduler.Timer limit =
        loops.scheduler().after(loops.keeper().terms().lease(), () -> letGo(held));
    return Guarded.call(
            () -> loops.blocking().run(() -> files.stream().map(this::checked).toList()))
        .compose(items -> loops.coordinator().resolved(new ResolvedBatch(session, items)))
        .onComplete(
            ignored -> {
              limit.cancel();
              letGo(held);
            })
        .map(
            reply -> {
              LOG.info("files.resolved count={}", reply.results().size());
              resolved.run();
              return true;
            });
  }

  /** A fault of ours at one file must not keep the others from being checked. */
  private ResolvedItem checked(ResolvingFile file) {
    try {
      return check.apply(file);
    } catch (RuntimeException e) {
      LOG.warn("file.unchecked file={} cause={}", file.fileId(), e.toString());
      LOG.debug("file.unchecked", e);
      String detail = Reason.INTERNAL_ERROR.word() + ": " + e.getClass().getSimpleName();
      return new ResolvedItem(file.fileId(), file.leaseEpoch(), Verdict.UNREACHABLE, detail);
    }
  }

  private void letGo(List<HeldFile> held) {
    held.forEach(loops.keeper().leases()::letGoFile);
  }
}
