// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.ReleaseBatch;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator is told of taken slices: that they are completed, failed, or given back.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class SliceReports {
  private static final Logger LOG = LoggerFactory.getLogger(SliceReports.class);

  private final Scheduler scheduler;
  private final ReportQueue<CompletedTask> completions;
  private final ReportQueue<FailedTask> failures;
  private final ReportQueue<HeldLease> releases;

  SliceReports(Loops loops) {
    this.scheduler = loops.scheduler();
    LeaseKeeper keeper = loops.keeper();
    Coordinator coordinator = loops.coordinator();
    completions =
        queue(items -> coordinator.complete(new CompleteBatch(keeper.requireSession(), items)));
    failures = queue(items -> coordinator.fail(new FailBatch(keeper.requireSession(), items)));
    releases =
        queue(items -> coordinator.release(new ReleaseBatch(keeper.requireSession(), items)));
  }

  private <T> ReportQueue<T> queue(Function<List<T>, Future<BatchReply>> call) {
    return new ReportQueue<>(scheduler, ReportQueue.LINGER, call);
  }

  Future<ItemResult> completed(CompletedTask done, Cancellation cancellation) {
    return completions.add(done, cancellation);
  }

  /** Never fails: what can't be reported is offered again when the session ends. */
  Future<Void> failed(Lease lease, Throwable cause, Cancellation cancellation) {
    return Failures.toFailedTask(lease, cause)
        .map(failed -> failures.add(failed, cancellation))
        .orElseGet(Future::succeededFuture)
        .<Void>mapEmpty()
        .recover(
            e -> {
              LOG.warn("slice.fail_unreported task={} cause={}", lease.taskId(), e.getMessage());
              return Future.succeededFuture();
            });
  }

  /** Uncounted, as if the slice had not been taken. Never fails. */
  Future<Void> givenBack(Lease lease) {
    return releases
        .add(new HeldLease(lease.taskId(), lease.leaseEpoch()), new Cancellation())
        .<Void>mapEmpty()
        .recover(e -> Future.succeededFuture());
  }
}
