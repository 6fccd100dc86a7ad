// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.schema.Lease;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leased slices, shown in an OffsetFS while they are leased; whether the bytes that go to the store
 * are read through it or straight from the file is the opener's choice.
 */
public final class OpenedSlices implements LeasedSlices {
  private static final Logger LOG = LoggerFactory.getLogger(OpenedSlices.class);

  private final Function<String, Path> paths;
  private final Opener opener;
  private final @Nullable View view;
  // Leases whose slice the view took: only those may be hidden.
  private final Set<String> shown = ConcurrentHashMap.newKeySet();

  /**
   * @param paths source path, as planned, to the path on this host
   * @param view shows leased slices, or null where there is no FUSE; does not wait for a disk
   */
  public OpenedSlices(Function<String, Path> paths, Opener opener, @Nullable View view) {
    this.paths = paths;
    this.opener = opener;
    this.view = view;
  }

  /**
   * Makes the source of a slice of a file, which must be what it was at that stamp (null: whatever
   * it is) or that grown, and is to be seen in a mount or (null) is not.
   */
  @FunctionalInterface
  public interface Opener {
    StampedSource open(
        Path file, SliceRange range, @Nullable SourceStamp first, @Nullable Path mounted);
  }

  /** Shows slices under their names. */
  public interface View {
    /**
     * Shows the slice.
     *
     * @return its path in the mount
     * @throws IllegalArgumentException when it can't be shown under that name
     */
    Path show(String virtualPath, Path file, SliceRange range);

    void hide(String virtualPath);
  }

  @Override
  public Future<StampedSource> open(Lease lease) {
    Path file = paths.apply(lease.sourcePath());
    SliceRange range = EngineWords.slice(lease);
    return Future.succeededFuture(
        opener.open(file, range, EngineWords.stamp(lease), show(lease, file, range)));
  }

  private @Nullable Path show(Lease lease, Path file, SliceRange range) {
    if (view == null) {
      return null;
    }
    try {
      Path mounted = view.show(lease.virtualPath(), file, range);
      shown.add(key(lease));
      return mounted;
    } catch (RuntimeException e) {
      LOG.warn("slice.not_shown path={} cause={}", lease.virtualPath(), e.getMessage());
      return null;
    }
  }

  @Override
  public @Nullable String metadata(Lease lease) {
    Path file = paths.apply(lease.sourcePath());
    try {
      return EngineWords.metadata(FileMetadata.of(file));
    } catch (IOException e) {
      LOG.warn("slice.no_metadata file={} cause={}", file, e.getMessage());
      return null;
    }
  }

  private static String key(Lease lease) {
    return lease.taskId() + "@" + lease.leaseEpoch();
  }

  @Override
  public Future<Void> close(Lease lease) {
    if (view != null && shown.remove(key(lease))) {
      try {
        view.hide(lease.virtualPath());
      } catch (RuntimeException e) {
        LOG.warn("slice.not_hidden path={} cause={}", lease.virtualPath(), e.getMessage());
      }
    }
    return Future.succeededFuture();
  }
}
