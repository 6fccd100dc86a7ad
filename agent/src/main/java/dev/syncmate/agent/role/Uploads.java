// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Sends slices: one slice, one object, one PUT. */
final class Uploads implements SliceWork {
  private final ObjectStore store;
  private final LeasedSlices slices;
  private final DearZones zones;
  private final Blocking blocking;

  Uploads(ObjectStore store, LeasedSlices slices, DearZones zones, Blocking blocking) {
    this.store = store;
    this.slices = slices;
    this.zones = zones;
    this.blocking = blocking;
  }

  @Override
  public Direction direction() {
    return Direction.SEND;
  }

  @Override
  public Future<Wanted> wanted() {
    return zones
        .choose()
        .map(
            named -> new Wanted(named.cheap(), named.dear().isEmpty() ? null : named.dear(), null));
  }

  @Override
  public boolean answered(LeaseReply answer) {
    return zones.answered(answer);
  }

  @Override
  public Future<CompletedTask> move(Lease lease, Cancellation cancellation) {
    return Guarded.call(() -> slices.open(lease))
        .compose(source -> put(lease, source, cancellation))
        .eventually(() -> slices.close(lease));
  }

  private Future<CompletedTask> put(Lease lease, StampedSource source, Cancellation cancellation) {
    return store
        .put(lease.objectKey(), source, cancellation)
        .compose(
            stored ->
                metadata(lease)
                    .map(found -> completed(lease, stored, found, text(source.stamp()))));
  }

  private static CompletedTask completed(
      Lease lease, StoredObject stored, @Nullable String metadata, @Nullable String stamp) {
    return new CompletedTask(
        lease.taskId(),
        lease.leaseEpoch(),
        stored.key(),
        stored.sizeBytes(),
        stored.sha256(),
        metadata,
        stamp);
  }

  /** One slice of a file is enough to say it. */
  private Future<@Nullable String> metadata(Lease lease) {
    return lease.offsetBytes() == 0
        ? blocking.run(() -> slices.metadata(lease))
        : Future.succeededFuture(null);
  }

  private static @Nullable String text(@Nullable SourceStamp stamp) {
    return stamp == null ? null : stamp.text();
  }
}
