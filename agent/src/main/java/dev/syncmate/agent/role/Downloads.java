// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives slices: object into staging, verified in the same pass, durable before it is reported.
 */
final class Downloads implements SliceWork {
  private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

  private final ObjectStore store;
  private final Staging staging;
  private final Blocking blocking;

  Downloads(ObjectStore store, Staging staging, Blocking blocking) {
    this.store = store;
    this.staging = staging;
    this.blocking = blocking;
  }

  @Override
  public Direction direction() {
    return Direction.RECV;
  }

  /** What was sent can be received anywhere: only sources lie in zones. */
  @Override
  public Future<Wanted> wanted() {
    return blocking.run(staging::freeBytes).map(free -> new Wanted(List.of(), null, free));
  }

  @Override
  public boolean answered(LeaseReply answer) {
    return !answer.leases().isEmpty();
  }

  @Override
  public Future<CompletedTask> move(Lease lease, Cancellation cancellation) {
    DigestedSlice sent = EngineWords.sentSlice(lease);
    return blocking
        .run(() -> staging.isVerified(EngineWords.transfer(lease), sent))
        .compose(
            verified -> {
              if (verified) {
                LOG.info("slice.already_verified task={}", lease.taskId());
                return Future.succeededFuture(completed(lease, sent));
              }
              return download(lease, sent, cancellation);
            });
  }

  private Future<CompletedTask> download(
      Lease lease, DigestedSlice sent, Cancellation cancellation) {
    StagedTransfer transfer = EngineWords.transfer(lease);
    return blocking
        .run(() -> staging.sink(transfer, sent.range()))
        .compose(sink -> store.get(lease.objectKey(), sink, cancellation))
        .compose(
            received ->
                blocking.run(
                    () -> {
                      verify(lease, sent, received);
                      cancellation.check();
                      staging.recordVerified(transfer, sent);
                      return completed(lease, sent);
                    }));
  }

  private static void verify(Lease lease, DigestedSlice sent, StoredObject received) {
    if (!sent.sha256().equals(received.sha256())) {
      throw new TransferException(
          Reason.OBJECT_BAD,
          "object %s: sha256 is %s (expected: %s, as sent); the slice will be sent again"
              .formatted(lease.objectKey(), received.sha256(), sent.sha256()));
    }
  }

  private static CompletedTask completed(Lease lease, DigestedSlice sent) {
    return new CompletedTask(
        lease.taskId(),
        lease.leaseEpoch(),
        lease.objectKey(),
        lease.lengthBytes(),
        sent.sha256(),
        null,
        null);
  }
}
