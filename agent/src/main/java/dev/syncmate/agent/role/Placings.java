// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.PlacedBatch;
import dev.syncmate.schema.PlacedItem;
import dev.syncmate.schema.PlacedOutcome;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.TakePlacing;
import io.vertx.core.Future;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Places the files whose slices are all verified, one after the other. */
final class Placings implements Step {
  private static final Logger LOG = LoggerFactory.getLogger(Placings.class);
  private static final int DETAIL_MAX = 1000;

  private final Loops loops;
  private final Placer placer;
  private final ReportQueue<PlacedItem> reports;
  private final TakeId takeId = new TakeId();

  Placings(Loops loops, Placer placer) {
    this.loops = loops;
    this.placer = placer;
    this.reports =
        new ReportQueue<>(
            loops.scheduler(),
            Duration.ZERO,
            items ->
                loops
                    .coordinator()
                    .placed(new PlacedBatch(loops.keeper().requireSession(), items)));
  }

  @Override
  public Future<Boolean> run(String session) {
    return loops
        .coordinator()
        .takePlacing(new TakePlacing(session, takeId.get(), 1))
        .compose(
            reply -> {
              takeId.done();
              return reply.files().isEmpty()
                  ? Future.succeededFuture(false)
                  : place(reply.files().get(0));
            });
  }

  private Future<Boolean> place(PlacingFile file) {
    HeldFile held = new HeldFile(file.fileId(), file.leaseEpoch());
    Cancellation cancellation = loops.keeper().leases().holdFile(held);
    return Guarded.call(() -> loops.blocking().run(() -> placed(file, cancellation)))
        .recover(cause -> Future.succeededFuture(item(file, cause)))
        .compose(item -> report(file, item, cancellation))
        .map(item -> item.outcome() != PlacedOutcome.RELEASE)
        .onComplete(ignored -> loops.keeper().leases().letGoFile(held));
  }

  private PlacedItem placed(PlacingFile file, Cancellation cancellation) {
    String path = placer.place(EngineWords.file(file), cancellation);
    return new PlacedItem(file.fileId(), file.leaseEpoch(), PlacedOutcome.PLACED, null, path);
  }

  private PlacedItem item(PlacingFile file, Throwable cause) {
    PlacedOutcome outcome = outcome(cause);
    String detail = detail(cause);
    LOG.warn(
        "place.failed file={} path={} outcome={} cause={}",
        file.fileId(),
        file.virtualPath(),
        outcome,
        detail);
    LOG.debug("place.failed", cause);
    return new PlacedItem(
        file.fileId(),
        file.leaseEpoch(),
        outcome,
        detail.substring(0, Math.min(detail.length(), DETAIL_MAX)),
        null);
  }

  /** What this host can't do another may, or this one later: that is counted, as of a slice. */
  private static PlacedOutcome outcome(Throwable cause) {
    if (!(cause instanceof TransferException e)) {
      return PlacedOutcome.RETRY;
    }
    return switch (e.disposition()) {
      case RESEND -> PlacedOutcome.RESTART;
      case FAIL_TASK -> PlacedOutcome.FAILED;
      case OTHER_HOST -> PlacedOutcome.RETRY;
      case RETRY -> e.reason() == Reason.DRAINED ? PlacedOutcome.RELEASE : PlacedOutcome.RETRY;
      case ABANDON_LEASE, STOP_AGENT -> PlacedOutcome.RELEASE;
    };
  }

  private static String detail(Throwable cause) {
    return cause instanceof TransferException e
        ? e.reason().word() + ": " + e.getMessage()
        : Reason.INTERNAL_ERROR.word() + ": " + cause;
  }

  /** Whether the file is placed must become known: the report is repeated until it is answered. */
  private Future<PlacedItem> report(PlacingFile file, PlacedItem item, Cancellation cancellation) {
    return reports
        .add(item, cancellation)
        .compose(
            answer -> {
              if (answer.outcome() != ItemOutcome.OK) {
                LOG.warn("place.refused file={} answer={}", file.fileId(), answer);
                return Future.succeededFuture(item);
              }
              return item.outcome() == PlacedOutcome.PLACED
                  ? forget(file).map(item)
                  : Future.succeededFuture(item);
            });
  }

  private Future<Void> forget(PlacingFile file) {
    LOG.info("file.placed file={} path={}", file.fileId(), file.virtualPath());
    return loops
        .blocking()
        .run(
            () -> {
              placer.forget(EngineWords.transfer(file));
              return null;
            });
  }
}
