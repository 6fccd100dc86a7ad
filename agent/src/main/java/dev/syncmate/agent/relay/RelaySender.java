// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Puts the tasks of a plan into the bucket, each as one object whose key is its virtual path.
 *
 * <p>What lies there with the right size is not sent again. Files that are not on this host are
 * left to the host that has them.
 *
 * <p><b>Threads.</b> Blocks the caller; objects are moved by threads of its own.
 *
 * <p><b>Errors.</b> A file that can't be sent is told of and counted, the others go on. A store
 * that stays away or refuses ends the run with its {@link TransferException}.
 */
public final class RelaySender {
  /** What R2 takes in one PUT. */
  public static final long PUT_BYTES_MAX = 5_368_709_120L - 5_242_880L;

  private static final int ATTEMPTS_MAX = 3;

  private final ObjectStore store;
  private final Function<String, Path> paths;
  private final BiFunction<Path, SliceRange, SliceSource> opener;
  private final Consumer<String> say;
  private final Pause pause;

  /**
   * @param paths source path, as planned, to the path on this host
   * @param say is told, in one line, of each file sent or not sent; on any thread
   */
  public RelaySender(
      ObjectStore store,
      Function<String, Path> paths,
      BiFunction<Path, SliceRange, SliceSource> opener,
      Consumer<String> say) {
    this(store, paths, opener, say, Pause::real);
  }

  RelaySender(
      ObjectStore store,
      Function<String, Path> paths,
      BiFunction<Path, SliceRange, SliceSource> opener,
      Consumer<String> say,
      Pause pause) {
    this.store = store;
    this.paths = paths;
    this.opener = opener;
    this.say = say;
    this.pause = pause;
  }

  /**
   * What to send, and how much of it may lie in the bucket.
   *
   * @param overwrite also send what lies there with the right size
   */
  public record Order(String jobId, List<PlannedFile> files, long windowBytes, boolean overwrite) {
    public Order {
      files = List.copyOf(files);
    }
  }

  /** Sends; returns when all is in the bucket that this host can put there. */
  public RelayResult send(Order order, RelayOptions options, Cancellation cancellation)
      throws InterruptedException {
    BucketListing listing = BucketListing.of(store);
    Run run = new Run(order, options, cancellation, listing);
    List<Callable<Void>> work = new ArrayList<>();
    for (PlannedFile file : order.files()) {
      work.add(
          () -> {
            run.send(file);
            return null;
          });
    }
    try (Workers workers = new Workers(options.transfersMax())) {
      workers.all(work);
    }
    cancellation.check();
    return run.result();
  }

  private final class Run {
    private final Order order;
    private final RelayOptions options;
    private final Cancellation cancellation;
    private final BucketListing listing;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicInteger thereBefore = new AtomicInteger();
    private final AtomicInteger leftOut = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicBoolean waitTold = new AtomicBoolean();
    private long usedBytes;

    Run(Order order, RelayOptions options, Cancellation cancellation, BucketListing listing) {
      this.order = order;
      this.options = options;
      this.cancellation = cancellation;
      this.listing = listing;
      this.usedBytes = listing.bytes();
    }

    RelayResult result() {
      return new RelayResult(
          sent.get(), sentBytes.get(), thereBefore.get(), leftOut.get(), failed.get());
    }

    void send(PlannedFile file) throws InterruptedException {
      if (cancellation.cause() != null) {
        return;
      }
      try {
        Path source = paths.apply(file.sourcePath());
        if (!isHere(file, source)) {
          return;
        }
        for (RelayTask task : RelayTask.of(order.jobId(), file)) {
          send(task, source);
        }
      } catch (TransferException e) {
        settle(file, e);
      }
    }

    /** Whether this host has the file that the plan means. */
    private boolean isHere(PlannedFile file, Path source) {
      if (!Files.exists(source)) {
        leftOut.incrementAndGet();
        say.accept("left out: %s: not on this host".formatted(source));
        return false;
      }
      try {
        String found = SampleDigest.ofPrefix(source, file.sizeBytes());
        if (file.sourceDigest() != null && !found.equals(file.sourceDigest())) {
          throw changed(
              source,
              "sample digest %s (expected: %s, of its profile)"
                  .formatted(found, file.sourceDigest()));
        }
      } catch (EOFException e) {
        throw changed(
            source, "shorter than the %d bytes of its profile".formatted(file.sizeBytes()));
      } catch (IOException e) {
        throw DiskErrors.reading(source.toString(), e);
      }
      if (file.mode() == PlanMode.UNRESOLVED) {
        throw changed(source, "its beginning could not be compared with the destination's");
      }
      return true;
    }

    private TransferException changed(Path source, String found) {
      return new TransferException(
          Reason.SOURCE_CHANGED, "%s: %s; make a new profile".formatted(source, found));
    }

    private void send(RelayTask task, Path source) throws InterruptedException {
      if (task.lengthBytes() > PUT_BYTES_MAX) {
        throw new TransferException(
            Reason.OBJECT_TOO_LARGE,
            ("%s: %d bytes don't fit one PUT (expected: at most %d); send it with the coordinator,"
                    + " which cuts it into slices")
                .formatted(task.key(), task.lengthBytes(), PUT_BYTES_MAX));
      }
      if (!order.overwrite() && (listing.holds(task) || cameMeanwhile(task))) {
        thereBefore.incrementAndGet();
        return;
      }
      ObjectInfo old = listing.find(task);
      long bytes = task.lengthBytes() - (old == null ? 0 : old.sizeBytes());
      awaitRoom(bytes);
      put(task, source);
      sent.incrementAndGet();
      sentBytes.addAndGet(task.lengthBytes());
      say.accept("sent: %s (%d bytes)".formatted(task.key(), task.lengthBytes()));
    }

    /** Another host may be sending the same plan. */
    private boolean cameMeanwhile(RelayTask task) {
      Optional<ObjectInfo> found = store.head(task.key()).await();
      return found.isPresent() && found.get().sizeBytes() == task.lengthBytes();
    }

    /** Waits until the window has room; one object always fits an empty bucket. */
    private void awaitRoom(long bytes) throws InterruptedException {
      while (!reserve(bytes)) {
        if (waitTold.compareAndSet(false, true)) {
          say.accept("waiting: the bucket is as full as --window allows; recv makes room");
        }
        pause.last(options.pollInterval(), cancellation);
        long now = BucketListing.of(store).bytes();
        synchronized (this) {
          usedBytes = now;
        }
      }
    }

    private synchronized boolean reserve(long bytes) {
      if (usedBytes > 0 && usedBytes + bytes > order.windowBytes()) {
        return false;
      }
      usedBytes += bytes;
      return true;
    }

    private void put(RelayTask task, Path source) throws InterruptedException {
      for (int attempt = 1; ; attempt++) {
        try {
          store.put(task.key(), opener.apply(source, task.range()), cancellation).await();
          return;
        } catch (TransferException e) {
          if (e.disposition() != Disposition.RETRY || attempt == ATTEMPTS_MAX) {
            throw e;
          }
          say.accept("again: %s: %s".formatted(task.key(), e.getMessage()));
          pause.last(options.pollInterval(), cancellation);
        }
      }
    }

    private void settle(PlannedFile file, TransferException e) {
      if (cancellation.cause() != null) {
        return;
      }
      if (e.disposition() == Disposition.STOP_AGENT || e.reason() == Reason.STORE_UNAVAILABLE) {
        cancellation.cancel(e);
        throw e;
      }
      failed.incrementAndGet();
      say.accept("failed: %s: %s".formatted(file.sourcePath(), e.getMessage()));
    }
  }
}
