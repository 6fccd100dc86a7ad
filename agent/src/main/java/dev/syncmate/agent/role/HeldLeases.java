// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases that one agent holds, of tasks and of files being placed, and how to stop the work of
 * each.
 *
 * <p><b>Threads.</b> Confined to the Vert.x context of the agent.
 */
final class HeldLeases {
  private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

  private final Map<String, Held> held = new LinkedHashMap<>();

  /** Who holds a lease, and how to stop its work. A placing lease has no task lease. */
  private record Held(@Nullable HeldLease task, Cancellation cancellation) {
    boolean is(Lease lease) {
      return task != null && task.leaseEpoch() == lease.leaseEpoch();
    }

    void stop(TransferException reason) {
      Guarded.tell(() -> cancellation.cancel(reason));
    }
  }

  int count() {
    return held.size();
  }

  /** Whether this very lease is held already: a repeated take may hand it out again. */
  boolean holds(Lease lease) {
    Held existing = held.get(lease.taskId());
    return existing != null && existing.is(lease);
  }

  /** Begins to hold a task's lease; the cancellation fires when it is lost. */
  Cancellation hold(Lease lease) {
    return put(lease.taskId(), new HeldLease(lease.taskId(), lease.leaseEpoch()));
  }

  /** Begins to hold the lease on a file; the cancellation fires when the session is lost. */
  Cancellation holdFile(String fileId) {
    return put("file " + fileId, null);
  }

  private Cancellation put(String key, @Nullable HeldLease task) {
    Cancellation cancellation = new Cancellation();
    Held before = held.put(key, new Held(task, cancellation));
    if (before != null) {
      before.stop(new LeaseLostException(key, "handed out to us anew"));
    }
    return cancellation;
  }

  /** Stops holding a lease whose work is over. */
  void letGo(Lease lease) {
    if (holds(lease)) {
      held.remove(lease.taskId());
    }
  }

  void letGoFile(String fileId) {
    held.remove("file " + fileId);
  }

  /** Cancels the work of a task that the coordinator gave to another agent. */
  void lose(String taskId) {
    Held lost = held.remove(taskId);
    if (lost != null) {
      LOG.warn("lease.lost task={}", taskId);
      lost.stop(new LeaseLostException(taskId, "another agent has it"));
    }
  }

  /** Cancels all held work, for the given reason. */
  void cancelAll(TransferException reason) {
    List<Held> all = new ArrayList<>(held.values());
    held.clear();
    all.forEach(one -> one.stop(reason));
  }

  /** The task leases, at most so many. */
  List<HeldLease> tasks(int max) {
    List<HeldLease> tasks = new ArrayList<>();
    for (Held one : held.values()) {
      if (one.task() != null && tasks.size() < max) {
        tasks.add(one.task());
      }
    }
    return tasks;
  }
}
