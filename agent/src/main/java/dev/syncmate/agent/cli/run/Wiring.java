// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.coordinator.http.CallPolicy;
import dev.syncmate.agent.coordinator.http.HttpCoordinator;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.MeteredObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.StallGuardObjectStore;
import dev.syncmate.agent.objectstore.StallLimits;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.MountFactory;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import dev.syncmate.agent.offsetfs.fuse.FuseSupport;
import dev.syncmate.agent.role.Blocking;
import dev.syncmate.agent.slice.SentFile;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.agent.slice.file.FileProof;
import dev.syncmate.agent.slice.file.FileSliceSource;
import dev.syncmate.agent.slice.file.ProvedSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts adapters behind ports. The only class that names them. */
final class Wiring {
  private static final int DISK_THREADS = 16;
  private static final long DISK_WARN_MINUTES = 30;

  /** Deletes and listings must not wait behind slices. */
  private static final int SMALL_CALLS_AT_ONCE = 4;

  private Wiring() {}

  /** Event loops for network calls; bytes move on the store's own threads. */
  static Vertx vertx() {
    return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(false));
  }

  /** A coordinator that is asked patiently, for agents. */
  static Coordinator coordinator(Vertx vertx, CoordinatorConfig config) {
    return HttpCoordinator.open(vertx, config);
  }

  /** A coordinator for commands whose user waits. */
  static Coordinator briefCoordinator(Vertx vertx, CoordinatorConfig config) {
    return HttpCoordinator.open(vertx, config, CallPolicy.brief());
  }

  /** The bucket, for so many slices at once. */
  static ObjectStore store(Vertx vertx, StoreConfig config, int concurrencyMax) {
    return S3ObjectStore.open(
        vertx,
        new S3Config(
            config.endpoint(),
            config.region(),
            config.bucket(),
            config.accessKey().reveal(),
            config.secretKey().reveal(),
            concurrencyMax));
  }

  /**
   * The bucket for an agent that moves so many slices at once, each way: stalled streams are cut,
   * bytes are counted as they pass.
   */
  static ObjectStore agentStore(
      Vertx vertx, StoreConfig config, int transfersMax, MeterRegistry registry) {
    ObjectStore s3 = store(vertx, config, 2 * transfersMax + SMALL_CALLS_AT_ONCE);
    return new MeteredObjectStore(
        new StallGuardObjectStore(vertx, s3, StallLimits.DEFAULT), registry);
  }

  /** The pool for work that waits for a disk. */
  static Blocking disk(Vertx vertx) {
    WorkerExecutor pool =
        vertx.createSharedWorkerExecutor(
            "syncmate-disk", DISK_THREADS, DISK_WARN_MINUTES, TimeUnit.MINUTES);
    return new Blocking() {
      @Override
      public <T> Future<T> run(Callable<T> work) {
        return pool.executeBlocking(work, false);
      }
    };
  }

  /**
   * A slice of a file on this host.
   *
   * @param first what the file must be, or that grown; null: whatever it is
   * @param mounted where a mount shows the slice, if it is to be read there
   */
  static StampedSource slice(
      Path file, SliceRange range, @Nullable SourceStamp first, @Nullable Path mounted) {
    FileSliceSource source =
        new FileSliceSource(file, range.offsetBytes(), range.lengthBytes()).expecting(first);
    return mounted == null ? source : source.through(mounted);
  }

  /**
   * A slice of a file on this host that becomes an object only where it is one state of the file.
   */
  static SliceSource provedSlice(Path file, SliceRange range) {
    return new ProvedSource(new FileSliceSource(file, range.offsetBytes(), range.lengthBytes()));
  }

  /** The first slice of a file on this host that isn't what was sent; null: there is none. */
  static @Nullable String proof(Path file, SentFile sent, Cancellation cancellation) {
    return FileProof.differs(file, sent, cancellation::check);
  }

  /** Why there can be no mount on this host, if so. */
  static Optional<String> fuseAbsent(FuseVersion fuse) {
    return FuseSupport.check(fuse);
  }

  /** Mounts with that libfuse. */
  static MountFactory mounts(FuseVersion fuse) {
    return new FuseMountFactory(fuse);
  }
}
