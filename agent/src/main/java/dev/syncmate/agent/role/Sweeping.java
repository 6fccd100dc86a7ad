// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import dev.syncmate.schema.ListedBatch;
import dev.syncmate.schema.ListedObject;
import dev.syncmate.schema.Sweep;
import dev.syncmate.schema.TakeSweep;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists a job's objects when the coordinator says that it is due, so that those which no row knows
 * become garbage. Only below the job's own prefix; what is garbage then, {@link Garbage} deletes.
 *
 * <p><b>Units.</b> Times of objects are the store's, judged by the coordinator.
 *
 * <p><b>Errors.</b> A page that fails ends the sweep; another one is due later.
 */
final class Sweeping implements Step {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeping.class);

  /** What follows the prefix in a key of ours; people may keep other things there. */
  private static final Pattern OURS = Pattern.compile("\\d+/\\d+\\.\\d+");

  private final Coordinator coordinator;
  private final ObjectStore store;
  private final Runnable found;
  private final TakeId takeId = new TakeId();

  /**
   * @param found called when there is garbage that was not there before
   */
  Sweeping(Coordinator coordinator, ObjectStore store, Runnable found) {
    this.coordinator = coordinator;
    this.store = store;
    this.found = found;
  }

  @Override
  public Future<Boolean> run(String session) {
    return coordinator
        .takeSweep(new TakeSweep(session, takeId.get(), null))
        .compose(
            reply -> {
              takeId.done();
              return reply.sweeps().isEmpty()
                  ? Future.succeededFuture(false)
                  : sweep(new Run(session, reply.sweeps().get(0)));
            });
  }

  /** How long a receiver that leaves had better stay; null: it may go. */
  Future<@Nullable Duration> comesLater(String session) {
    return coordinator
        .takeSweep(new TakeSweep(session, takeId.get(), true))
        .compose(
            reply -> {
              takeId.done();
              Long wait = reply.waitMs();
              return reply.sweeps().isEmpty()
                  ? Future.succeededFuture(wait == null ? null : Duration.ofMillis(wait))
                  : sweep(new Run(session, reply.sweeps().get(0))).map(Duration.ZERO);
            });
  }

  /** A sweep under way: what it has seen so far. */
  private static final class Run {
    final String session;
    final Sweep job;
    final Set<String> unknown = new HashSet<>();
    long listed;
    long unknownBytes;

    Run(String session, Sweep job) {
      this.session = session;
      this.job = job;
    }
  }

  private Future<Boolean> sweep(Run run) {
    return pages(run, null)
        .map(
            done -> {
              tell(run);
              return true;
            });
  }

  private Future<Void> pages(Run run, @Nullable String continuation) {
    return store
        .list(run.job.keyPrefix(), continuation)
        .compose(
            page ->
                report(run, page)
                    .compose(
                        reported ->
                            page.continuation() == null
                                ? Future.succeededFuture()
                                : pages(run, page.continuation())));
  }

  private Future<Void> report(Run run, ObjectPage page) {
    List<ListedObject> objects =
        page.objects().stream()
            .filter(object -> isOurs(run.job, object))
            .map(object -> new ListedObject(object.key(), object.lastModified().toEpochMilli()))
            .toList();
    run.listed += objects.size();
    if (objects.isEmpty()) {
      return Future.succeededFuture();
    }
    return coordinator
        .listed(new ListedBatch(run.session, run.job.jobId(), objects))
        .map(
            reply -> {
              Set<String> unknown = Set.copyOf(reply.objectKeys());
              run.unknown.addAll(unknown);
              run.unknownBytes +=
                  page.objects().stream()
                      .filter(object -> unknown.contains(object.key()))
                      .mapToLong(ObjectInfo::sizeBytes)
                      .sum();
              return null;
            });
  }

  private static boolean isOurs(Sweep job, ObjectInfo object) {
    String key = object.key();
    return key.startsWith(job.keyPrefix())
        && OURS.matcher(key.substring(job.keyPrefix().length())).matches();
  }

  private void tell(Run run) {
    String job = run.job.jobId();
    if (run.unknown.isEmpty()) {
      LOG.debug("garbage.swept job={} listed={} unknown=0", job, run.listed);
      return;
    }
    LOG.info(
        "garbage.swept job={} listed={} unknown={} unknown_bytes={}",
        job,
        run.listed,
        run.unknown.size(),
        run.unknownBytes);
    found.run();
  }
}
