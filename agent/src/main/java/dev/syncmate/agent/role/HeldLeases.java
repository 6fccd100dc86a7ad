// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.Lease;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases that one agent holds, of tasks and of whole files, and how to stop the work of each.
 * What is in here is named by heartbeats; what is not, the coordinator gives to others.
 *
 * <p><b>Threads.</b> Confined to the Vert.x context of the agent.
 */
final class HeldLeases {
  private static final Logger LOG = LoggerFactory.getLogger(HeldLeases.class);

  private final Map<String, Held> tasks = new LinkedHashMap<>();
  private final Map<String, Held> files = new LinkedHashMap<>();

  /** A lease by its epoch, and how to stop its work. */
  private record Held(long epoch, Cancellation cancellation) {
    void stop(TransferException reason) {
      Guarded.tell(() -> cancellation.cancel(reason));
    }
  }

  int count() {
    return tasks.size() + files.size();
  }

  /** Whether this very lease is held already: a repeated take may hand it out again. */
  boolean holds(Lease lease) {
    return holds(tasks, lease.taskId(), lease.leaseEpoch());
  }

  private static boolean holds(Map<String, Held> of, String id, long epoch) {
    Held existing = of.get(id);
    return existing != null && existing.epoch() == epoch;
  }

  /** Begins to hold a task's lease; the cancellation fires when it is lost. */
  Cancellation hold(Lease lease) {
    return put(tasks, lease.taskId(), lease.leaseEpoch());
  }

  /** Begins to hold the lease on a file; the cancellation fires when it is lost. */
  Cancellation holdFile(HeldFile file) {
    return put(files, file.fileId(), file.leaseEpoch());
  }

  private static Cancellation put(Map<String, Held> into, String id, long epoch) {
    Cancellation cancellation = new Cancellation();
    Held before = into.put(id, new Held(epoch, cancellation));
    if (before != null) {
      before.stop(new LeaseLostException(id, "handed out to us anew"));
    }
    return cancellation;
  }

  /** Stops holding a lease whose work is over. */
  void letGo(Lease lease) {
    if (holds(lease)) {
      tasks.remove(lease.taskId());
    }
  }

  void letGoFile(HeldFile file) {
    if (holds(files, file.fileId(), file.leaseEpoch())) {
      files.remove(file.fileId());
    }
  }

  /** Cancels the work of a task that the coordinator gave to another agent. */
  void lose(String taskId) {
    lose(tasks, taskId);
  }

  void loseFile(String fileId) {
    lose(files, fileId);
  }

  private static void lose(Map<String, Held> of, String id) {
    Held lost = of.remove(id);
    if (lost != null) {
      LOG.warn("lease.lost id={}", id);
      lost.stop(new LeaseLostException(id, "another agent has it"));
    }
  }

  /** Cancels all held work, for the given reason. */
  void cancelAll(TransferException reason) {
    List<Held> all = new ArrayList<>(tasks.values());
    all.addAll(files.values());
    tasks.clear();
    files.clear();
    all.forEach(one -> one.stop(reason));
  }

  /** The task leases, at most so many. */
  List<HeldLease> tasks(int max) {
    return tasks.entrySet().stream()
        .limit(max)
        .map(held -> new HeldLease(held.getKey(), held.getValue().epoch()))
        .toList();
  }

  /** The leases on whole files, at most so many. */
  List<HeldFile> files(int max) {
    return files.entrySet().stream()
        .limit(max)
        .map(held -> new HeldFile(held.getKey(), held.getValue().epoch()))
        .toList();
  }
}
