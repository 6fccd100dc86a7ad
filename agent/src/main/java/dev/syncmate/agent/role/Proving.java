// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.ProvedBatch;
import dev.syncmate.schema.ProvedItem;
import dev.syncmate.schema.ProvedOutcome;
import dev.syncmate.schema.ProvingFile;
import dev.syncmate.schema.ReadSlice;
import dev.syncmate.schema.SlicesRequest;
import dev.syncmate.schema.TakeResolving;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the slices of files that changed while they were sent, or just before, once more; one file
 * after the other.
 *
 * <p><b>Threads.</b> Confined to the agent's context; files are read on the worker pool.
 *
 * <p><b>Errors.</b> What can't be done here goes to another host; a file whose slices were not one
 * state of the source fails.
 */
final class Proving implements Step {
  private static final Logger LOG = LoggerFactory.getLogger(Proving.class);
  private static final int PAGE_SLICES = 5000;
  private static final int DETAIL_MAX = 1000;

  private final Loops loops;
  private final ReachableZones zones;
  private final SourceProof proof;
  private final ReportQueue<ProvedItem> reports;
  private final TakeId takeId = new TakeId();

  Proving(Loops loops, ReachableZones zones, SourceProof proof) {
    this.loops = loops;
    this.zones = zones;
    this.proof = proof;
    this.reports =
        new ReportQueue<>(
            loops.scheduler(),
            Duration.ZERO,
            items ->
                loops
                    .coordinator()
                    .proved(new ProvedBatch(loops.keeper().requireSession(), items)));
  }

  @Override
  public Future<Boolean> run(String session) {
    return zones
        .reachable()
        .compose(reached -> take(session, reached.all()))
        .compose(
            files ->
                files.isEmpty() ? Future.succeededFuture(false) : prove(session, files.get(0)));
  }

  private Future<List<ProvingFile>> take(String session, List<String> reached) {
    if (reached.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return loops
        .coordinator()
        .takeProving(new TakeResolving(session, takeId.get(), reached, 1))
        .map(
            reply -> {
              takeId.done();
              return reply.files();
            });
  }

  private Future<Boolean> prove(String session, ProvingFile file) {
    HeldFile held = new HeldFile(file.fileId(), file.leaseEpoch());
    Cancellation cancellation = loops.keeper().leases().holdFile(held);
    return Guarded.call(() -> slices(session, file, null, new ArrayList<>()))
        .compose(slices -> loops.blocking().run(() -> proved(file, slices, cancellation)))
        .recover(cause -> Future.succeededFuture(item(file, cause)))
        .compose(item -> reports.add(item, cancellation).map(item))
        .map(item -> item.outcome() != ProvedOutcome.RELEASE)
        .onComplete(ignored -> loops.keeper().leases().letGoFile(held));
  }

  /** All of them, as placing has them: the coordinator's limit of slices is one of memory. */
  private Future<List<ReadSlice>> slices(
      String session, ProvingFile file, @Nullable Integer after, List<ReadSlice> before) {
    return loops
        .coordinator()
        .slicesToProve(
            new SlicesRequest(session, file.fileId(), file.leaseEpoch(), after, PAGE_SLICES))
        .compose(
            page -> {
              before.addAll(page.slices());
              return page.next() == null
                  ? Future.succeededFuture(before)
                  : slices(session, file, page.next(), before);
            });
  }

  private ProvedItem proved(ProvingFile file, List<ReadSlice> slices, Cancellation cancellation) {
    String differs = proof.differs(EngineWords.sentFile(file, slices), cancellation);
    if (differs == null) {
      LOG.info("file.proved file={} path={}", file.fileId(), file.virtualPath());
      return item(file, ProvedOutcome.PROVED, null);
    }
    return failed(file, ProvedOutcome.CHANGED, Reason.SOURCE_CHANGED.word() + ": " + differs);
  }

  private static ProvedItem item(ProvingFile file, Throwable cause) {
    String detail = String.valueOf(cause.getMessage());
    if (cause instanceof TransferException e) {
      if (e.reason() == Reason.SOURCE_CHANGED) {
        return failed(file, ProvedOutcome.OTHER, e.reason().word() + ": " + detail);
      }
      if (e.disposition() == Disposition.OTHER_HOST) {
        return failed(file, ProvedOutcome.UNREACHABLE, detail);
      }
    }
    LOG.debug("file.not_proved", cause);
    return failed(file, ProvedOutcome.RELEASE, detail);
  }

  private static ProvedItem failed(ProvingFile file, ProvedOutcome outcome, String detail) {
    LOG.warn(
        "file.not_proved file={} path={} outcome={} cause={}",
        file.fileId(),
        file.virtualPath(),
        outcome,
        detail);
    return item(file, outcome, detail.substring(0, Math.min(detail.length(), DETAIL_MAX)));
  }

  private static ProvedItem item(ProvingFile file, ProvedOutcome outcome, @Nullable String detail) {
    return new ProvedItem(file.fileId(), file.leaseEpoch(), outcome, detail);
  }
}
