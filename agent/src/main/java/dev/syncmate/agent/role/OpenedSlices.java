// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.schema.Lease;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leased slices read straight from their files, and shown in an OffsetFS while they are leased.
 *
 * <p>The mount is for people and their tools; bytes that go to the store are read from the file, so
 * that a mount that fails costs nothing but the view.
 */
public final class OpenedSlices implements LeasedSlices {
  private static final Logger LOG = LoggerFactory.getLogger(OpenedSlices.class);

  private final Function<String, Path> paths;
  private final Opener opener;
  private final @Nullable View view;

  /**
   * @param paths source path, as planned, to the path on this host
   * @param view shows leased slices, or null where there is no FUSE; does not wait for a disk
   */
  public OpenedSlices(Function<String, Path> paths, Opener opener, @Nullable View view) {
    this.paths = paths;
    this.opener = opener;
    this.view = view;
  }

  /** Makes the source of a slice of a file. */
  @FunctionalInterface
  public interface Opener {
    SliceSource open(Path file, SliceRange range);
  }

  /** Shows slices under their names. */
  public interface View {
    void show(String virtualPath, Path file, SliceRange range);

    void hide(String virtualPath);
  }

  @Override
  public Future<SliceSource> open(Lease lease) {
    Path file = paths.apply(lease.sourcePath());
    SliceRange range = new SliceRange(lease.offsetBytes(), lease.lengthBytes());
    if (view != null) {
      try {
        view.show(lease.virtualPath(), file, range);
      } catch (RuntimeException e) {
        LOG.warn("slice.not_shown path={} cause={}", lease.virtualPath(), e.getMessage());
      }
    }
    return Future.succeededFuture(opener.open(file, range));
  }

  @Override
  public Future<Void> close(Lease lease) {
    if (view != null) {
      try {
        view.hide(lease.virtualPath());
      } catch (RuntimeException e) {
        LOG.warn("slice.not_hidden path={} cause={}", lease.virtualPath(), e.getMessage());
      }
    }
    return Future.succeededFuture();
  }
}
