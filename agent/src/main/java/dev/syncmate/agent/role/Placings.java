// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.PlacedBatch;
import dev.syncmate.schema.PlacedItem;
import dev.syncmate.schema.PlacedOutcome;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.TakePlacing;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Places the files whose slices are all verified, one after the other. */
final class Placings {
  private static final Logger LOG = LoggerFactory.getLogger(Placings.class);
  private static final int DETAIL_MAX = 1000;
  private static final Duration REPEAT_DELAY = Duration.ofSeconds(1);

  private final Loops loops;
  private final Placer placer;
  private final TakeId takeId = new TakeId();

  Placings(Loops loops, Placer placer) {
    this.loops = loops;
    this.placer = placer;
  }

  /** One step; completes with whether there was work. */
  Future<Boolean> step() {
    String session = loops.keeper().sessionId();
    if (session == null) {
      return Future.succeededFuture(false);
    }
    return loops
        .coordinator()
        .takePlacing(new TakePlacing(session, takeId.get(), 1))
        .compose(
            reply -> {
              takeId.done();
              return reply.files().isEmpty()
                  ? Future.succeededFuture(false)
                  : place(session, reply.files().get(0));
            });
  }

  private Future<Boolean> place(String session, PlacingFile file) {
    Cancellation cancellation = loops.keeper().leases().holdFile(file.fileId());
    return loops
        .blocking()
        .run(
            () -> {
              placer.place(EngineWords.file(file), cancellation);
              return new PlacedItem(file.fileId(), file.leaseEpoch(), PlacedOutcome.PLACED, null);
            })
        .recover(cause -> Future.succeededFuture(item(file, cause)))
        .compose(item -> report(session, file, item, cancellation))
        .map(item -> item.outcome() != PlacedOutcome.RELEASE)
        .onComplete(ignored -> loops.keeper().leases().letGoFile(file.fileId()));
  }

  private PlacedItem item(PlacingFile file, Throwable cause) {
    PlacedOutcome outcome = PlacedOutcome.RELEASE;
    if (cause instanceof TransferException e) {
      outcome =
          switch (e.disposition()) {
            case RESEND -> PlacedOutcome.RESTART;
            case FAIL_TASK -> PlacedOutcome.FAILED;
            case RETRY, OTHER_HOST, ABANDON_LEASE, STOP_AGENT -> PlacedOutcome.RELEASE;
          };
    }
    String detail = String.valueOf(cause.getMessage());
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
        detail.substring(0, Math.min(detail.length(), DETAIL_MAX)));
  }

  /** Repeats the report until it is answered: whether the file is placed must become known. */
  private Future<PlacedItem> report(
      String session, PlacingFile file, PlacedItem item, Cancellation cancellation) {
    TransferException lost = cancellation.cause();
    if (lost != null) {
      return Future.failedFuture(lost);
    }
    return loops
        .coordinator()
        .placed(new PlacedBatch(session, List.of(item)))
        .compose(
            reply -> accepted(file, item, reply),
            cause -> {
              if (cause instanceof TransferException e && e.disposition() != Disposition.RETRY) {
                return Future.failedFuture(cause);
              }
              LOG.warn("place.report_repeat file={} cause={}", file.fileId(), cause.getMessage());
              io.vertx.core.Promise<PlacedItem> again = io.vertx.core.Promise.promise();
              loops
                  .scheduler()
                  .after(
                      REPEAT_DELAY,
                      () -> report(session, file, item, cancellation).onComplete(again));
              return again.future();
            });
  }

  private Future<PlacedItem> accepted(PlacingFile file, PlacedItem item, BatchReply reply) {
    boolean ok = reply.results().size() == 1 && reply.results().get(0).outcome() == ItemOutcome.OK;
    if (!ok) {
      LOG.warn("place.refused file={} answer={}", file.fileId(), reply.results());
      return Future.succeededFuture(item);
    }
    if (item.outcome() != PlacedOutcome.PLACED) {
      return Future.succeededFuture(item);
    }
    LOG.info("file.placed file={} path={}", file.fileId(), file.virtualPath());
    return loops
        .blocking()
        .run(
            () -> {
              placer.forget(EngineWords.transfer(file));
              return item;
            });
  }
}
