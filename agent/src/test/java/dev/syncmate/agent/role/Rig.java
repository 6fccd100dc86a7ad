// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.agent.testing.UnexpectedCoordinator;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ProvingReply;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SessionEnd;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;

/** What an agent's loops share, on manual time, with blocking work done at once. */
final class Rig {
  static final Duration POLL = Duration.ofSeconds(1);
  static final String SESSION = "session-1";
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  final ManualScheduler scheduler = new ManualScheduler();
  final List<TransferException> fatal = new ArrayList<>();
  boolean poolClosed;
  final Blocking blocking =
      new Blocking() {
        @Override
        public <T> Future<T> run(Callable<T> work) {
          if (poolClosed) {
            Rig.bug();
          }
          try {
            return Future.succeededFuture(work.call());
          } catch (Exception e) {
            return Future.failedFuture(e);
          }
        }
      };

  /** Sessions and heartbeats are answered; a test plays the rest. */
  static class Played extends UnexpectedCoordinator {
    final List<String> ended = new ArrayList<>();
    Directive directive = Directive.WORK;
    List<String> lost = List.of();
    List<String> lostFiles = List.of();
    List<Zone> zones = List.of(new Zone("/z", "/"));

    @Override
    public Future<AgentSession> register(AgentRegistration registration) {
      return Future.succeededFuture(
          new AgentSession(
              registration.sessionId(),
              1,
              30_000,
              (int) HEARTBEAT.toMillis(),
              (int) POLL.toMillis(),
              zones));
    }

    @Override
    public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
      return Future.succeededFuture(
          new HeartbeatReply(
              30_000,
              (int) HEARTBEAT.toMillis(),
              (int) POLL.toMillis(),
              lost,
              lostFiles,
              directive,
              zones));
    }

    @Override
    public Future<ProvingReply> takeProving(TakeResolving request) {
      return Future.succeededFuture(new ProvingReply(List.of()));
    }

    @Override
    public Future<SessionEnd> endSession(String sessionId) {
      ended.add(sessionId);
      return Future.succeededFuture(new SessionEnd(0));
    }
  }

  /** Takes are answered as the test says, and with "no work" once there are no more answers. */
  static class Leasing extends Played {
    final Deque<Future<LeaseReply>> takes = new ArrayDeque<>();
    final List<LeaseRequest> requests = new ArrayList<>();

    @Override
    public Future<LeaseReply> take(LeaseRequest request) {
      requests.add(request);
      return takes.isEmpty()
          ? Future.succeededFuture(new LeaseReply(List.of(), new Wait(WaitReason.NO_WORK, 1000)))
          : takes.remove();
    }
  }

  static Future<LeaseReply> leases(Lease... leases) {
    return Future.succeededFuture(new LeaseReply(List.of(leases), null));
  }

  static Identity identity(Role role) {
    return new Identity("a1", "h1", role, "h1", "copy", "test");
  }

  /** Loops with an open session. */
  Loops loops(Played coordinator, Role role) {
    LeaseKeeper keeper =
        new LeaseKeeper(
            coordinator, scheduler, () -> identity(role).newRegistration(FolderIds.NONE), () -> 0);
    keeper.fatal().onSuccess(fatal::add);
    keeper.open();
    return new Loops(coordinator, keeper, scheduler, blocking);
  }

  static BatchReply ok(List<String> ids) {
    return new BatchReply(
        ids.stream().map(id -> new ItemResult(id, ItemOutcome.OK, null)).toList());
  }

  static <T> Future<T> unanswered() {
    return Future.failedFuture(new TransferException(Reason.COORDINATOR_UNREACHABLE, "down", null));
  }

  /** What code does that should answer with a failed future. */
  static <T> T bug() {
    throw new IllegalStateException("a fault of ours");
  }
}
