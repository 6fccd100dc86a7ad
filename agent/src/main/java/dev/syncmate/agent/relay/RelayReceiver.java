// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.schema.PlannedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives what lies in the bucket for a plan, places it, and deletes an object only once its file
 * is durable under its final name.
 *
 * <p>Nothing is remembered but what lies in the bucket, in staging and at the destination: a run
 * that was killed goes on with the next one, and one after a finished run finds nothing to do.
 *
 * <p><b>Threads.</b> Blocks the caller; objects are moved by threads of its own.
 *
 * <p><b>Errors.</b> No SHA-256 travels with an object, so what proves it is its size and, at
 * placing, the source's sample digest. A file that fails is told of and counted; its object stays,
 * and is looked at again when another takes its place. A store that refuses, or is away at the
 * first listing, ends the run with its {@link TransferException}.
 */
public final class RelayReceiver {
  private static final long THERE_BEFORE = -1;

  private final ObjectStore store;
  private final Parts parts;
  private final Consumer<String> say;
  private final Pause pause;

  /** Where files are staged, and what puts them to their targets. */
  public record Parts(Staging staging, Placer placer) {}

  /**
   * @param say is told, in one line, of each file placed or not placed; on any thread
   */
  public RelayReceiver(ObjectStore store, Parts parts, Consumer<String> say) {
    this(store, parts, say, Pause::real);
  }

  RelayReceiver(ObjectStore store, Parts parts, Consumer<String> say, Pause pause) {
    this.store = store;
    this.parts = parts;
    this.say = say;
    this.pause = pause;
  }

  /**
   * What to receive.
   *
   * @param once end when all that lies in the bucket was looked at, instead of waiting for more
   * @param deleteRemote delete the objects of files that are placed
   */
  public record Order(String jobId, List<PlannedFile> files, boolean once, boolean deleteRemote) {
    public Order {
      files = List.copyOf(files);
    }
  }

  /** Receives; returns when every file is at the destination or has failed. */
  public RelayResult receive(Order order, RelayOptions options, Cancellation cancellation)
      throws InterruptedException {
    Run run = new Run(order, cancellation);
    try (Workers workers = new Workers(options.transfersMax())) {
      BucketListing listing = BucketListing.of(store);
      while (true) {
        run.round(listing, workers);
        cancellation.check();
        if (order.once() || run.open() == 0) {
          return run.result();
        }
        run.tellWaiting();
        pause.last(options.pollInterval(), cancellation);
        listing = listed(listing);
      }
    }
  }

  /** The bucket now; the listing before where the store is away for a while. */
  private BucketListing listed(BucketListing before) {
    try {
      return BucketListing.of(store);
    } catch (TransferException e) {
      if (e.disposition() != Disposition.RETRY) {
        throw e;
      }
      say.accept("waiting: " + e.getMessage());
      return before;
    }
  }

  private final class Run {
    private final Order order;
    private final Cancellation cancellation;

    private final Arrival arrival;
    private final PlacingOrder placingOrder;

    /** Files at the destination; value: bytes that this run moved, or {@link #THERE_BEFORE}. */
    private final Map<String, Long> done = new ConcurrentHashMap<>();

    /** What failed for good, by key; value: the ETag of the object, empty for none. */
    private final Map<String, String> failed = new ConcurrentHashMap<>();

    /** The last thing that was said about a key, so that it is not said at each round. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    private long waitingTold = -1;

    Run(Order order, Cancellation cancellation) {
      this.order = order;
      this.cancellation = cancellation;
      this.arrival = new Arrival(store, parts, cancellation);
      this.placingOrder = new PlacingOrder(order.files());
    }

    /** Looks at each file that is not at the destination yet, the data before its index. */
    void round(BucketListing listing, Workers workers) throws InterruptedException {
      for (List<PlannedFile> step : placingOrder.steps()) {
        workers.all(looks(step, listing));
      }
    }

    private List<Callable<Void>> looks(List<PlannedFile> files, BucketListing listing) {
      List<Callable<Void>> work = new ArrayList<>();
      for (PlannedFile file : files) {
        if (!done.containsKey(file.virtualPath())) {
          work.add(
              () -> {
                look(file, listing);
                return null;
              });
        }
      }
      return work;
    }

    /** Files that may still come. */
    long open() {
      return order.files().stream().filter(file -> !isDone(file) && !hasFailed(file)).count();
    }

    RelayResult result() {
      int moved = 0;
      long movedBytes = 0;
      for (long bytes : done.values()) {
        moved += bytes == THERE_BEFORE ? 0 : 1;
        movedBytes += Math.max(0, bytes);
      }
      int failures = 0;
      int missing = 0;
      for (PlannedFile file : order.files()) {
        if (!isDone(file)) {
          failures += hasFailed(file) ? 1 : 0;
          missing += hasFailed(file) ? 0 : 1;
        }
      }
      return new RelayResult(moved, movedBytes, done.size() - moved, missing, failures);
    }

    void tellWaiting() {
      long open = open();
      if (open != waitingTold) {
        waitingTold = open;
        say.accept(
            "waiting: %d of %d files are not in the bucket yet (Ctrl-C ends, --once does not wait)"
                .formatted(open, order.files().size()));
      }
    }

    private boolean isDone(PlannedFile file) {
      return done.containsKey(file.virtualPath());
    }

    /** By itself, or because a file that must be placed before it did. */
    private boolean hasFailed(PlannedFile file) {
      return RelayTask.of(order.jobId(), file).stream()
              .anyMatch(task -> failed.containsKey(task.key()))
          || placingOrder.before(file).stream().anyMatch(this::hasFailed);
    }

    private boolean isHeld(PlannedFile file) {
      for (PlannedFile before : placingOrder.before(file)) {
        if (!isDone(before)) {
          tell(
              file.virtualPath(),
              (hasFailed(before) ? "failed: %s: not placed, as %s failed" : "held: %s waits for %s")
                  .formatted(file.virtualPath(), before.virtualPath()));
          return true;
        }
      }
      return false;
    }

    private void look(PlannedFile file, BucketListing listing) {
      if (isHeld(file)) {
        return;
      }
      List<RelayTask> tasks = RelayTask.of(order.jobId(), file);
      for (RelayTask task : tasks) {
        if (cancellation.cause() != null) {
          return;
        }
        ObjectInfo object = listing.find(task);
        if ((object == null ? "" : object.etag()).equals(failed.get(task.key()))) {
          continue;
        }
        try {
          if (received(task, object)) {
            deleteObjects(tasks, listing);
            arrival.forget(task);
            return;
          }
        } catch (TransferException e) {
          onFailed(task, object, e);
        }
      }
    }

    /** Brings the file to the destination, if it isn't there and the object is. */
    private boolean received(RelayTask task, @Nullable ObjectInfo object) {
      String staged = arrival.staged(task);
      if (staged != null) {
        arrival.place(task, staged);
        onPlaced(task, 0);
      } else if (arrival.isAtDestination(task)) {
        done.put(task.file().virtualPath(), THERE_BEFORE);
      } else if (object == null) {
        return false;
      } else if (object.sizeBytes() != task.lengthBytes()) {
        tell(
            task.key(),
            "skipped: object %s has %d bytes (expected: %d); it stays, send replaces it"
                .formatted(task.key(), object.sizeBytes(), task.lengthBytes()));
        return false;
      } else {
        arrival.place(task, arrival.download(task));
        onPlaced(task, task.lengthBytes());
      }
      return true;
    }

    private void onPlaced(RelayTask task, long movedBytes) {
      done.put(task.file().virtualPath(), movedBytes);
      say.accept("placed: %s (%d bytes)".formatted(task.key(), task.lengthBytes()));
    }

    /** What is not deleted now is deleted by the next run: its file is at the destination. */
    private void deleteObjects(List<RelayTask> tasks, BucketListing listing) {
      List<String> keys = tasks.stream().filter(listing::holds).map(RelayTask::key).toList();
      if (!order.deleteRemote() || keys.isEmpty()) {
        return;
      }
      try {
        store.delete(keys).await();
      } catch (TransferException e) {
        say.accept(
            "not deleted: %s: %s; the next run deletes it"
                .formatted(String.join(", ", keys), e.getMessage()));
      }
    }

    private void onFailed(RelayTask task, @Nullable ObjectInfo object, TransferException e) {
      if (cancellation.cause() != null) {
        return;
      }
      boolean storeAway = order.once() && e.reason() == Reason.STORE_UNAVAILABLE;
      switch (storeAway ? Disposition.STOP_AGENT : e.disposition()) {
        case STOP_AGENT -> {
          cancellation.cancel(e);
          throw e;
        }
        case RETRY, RESEND ->
            tell(task.key(), "not yet: %s: %s".formatted(task.key(), e.getMessage()));
        case OTHER_HOST, FAIL_TASK, ABANDON_LEASE -> {
          failed.put(task.key(), object == null ? "" : object.etag());
          say.accept(
              "failed: %s: %s%s"
                  .formatted(
                      task.key(), e.getMessage(), object == null ? "" : "; its object stays"));
        }
      }
    }

    private void tell(String key, String line) {
      if (!line.equals(told.put(key, line))) {
        say.accept(line);
      }
    }
  }
}
