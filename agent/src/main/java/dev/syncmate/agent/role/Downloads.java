// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Lease;
import io.vertx.core.Future;
import java.util.Objects;
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

  @Override
  public Future<Long> freeBytes() {
    return blocking.run(staging::freeBytes);
  }

  @Override
  public Future<CompletedTask> move(Lease lease, Cancellation cancellation) {
    String expected = Objects.requireNonNull(lease.sha256(), "sha256 of a receive lease");
    return blocking
        .run(() -> staging.isVerified(lease, expected))
        .compose(
            verified -> {
              if (verified) {
                LOG.info("slice.already_verified task={}", lease.taskId());
                return Future.succeededFuture(completed(lease, expected));
              }
              return download(lease, expected, cancellation);
            });
  }

  private Future<CompletedTask> download(Lease lease, String expected, Cancellation cancellation) {
    return blocking
        .run(() -> staging.sink(lease))
        .compose(sink -> store.get(lease.objectKey(), sink, cancellation))
        .compose(
            received ->
                blocking.run(
                    () -> {
                      verify(lease, expected, received);
                      cancellation.check();
                      staging.recordVerified(lease, expected);
                      return completed(lease, expected);
                    }));
  }

  private static void verify(Lease lease, String expected, StoredObject received) {
    if (!expected.equals(received.sha256())) {
      throw new TransferException(
          Reason.OBJECT_BAD,
          "object %s: sha256 is %s (expected: %s, as sent); the slice will be sent again"
              .formatted(lease.objectKey(), received.sha256(), expected));
    }
  }

  private static CompletedTask completed(Lease lease, String sha256) {
    return new CompletedTask(
        lease.taskId(), lease.leaseEpoch(), lease.objectKey(), lease.lengthBytes(), sha256);
  }
}
