// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.testing.UnexpectedCoordinator;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.FailureKind;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SessionEnd;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransferLoopTest {
  private static final int TRANSFERS = 2;

  private final ManualScheduler scheduler = new ManualScheduler();
  private final Played coordinator = new Played();
  private final List<TransferException> fatal = new ArrayList<>();
  private final Map<String, Promise<CompletedTask>> work = new LinkedHashMap<>();
  private final Map<String, Cancellation> cancellations = new LinkedHashMap<>();
  private final LeaseKeeper keeper =
      new LeaseKeeper(
          coordinator,
          scheduler,
          new Identity("a1", "h1", Role.SEND, "h1", "test"),
          () -> 0,
          fatal::add);
  private int moved;
  private TransferLoop loop;

  private final Blocking blocking =
      new Blocking() {
        @Override
        public <T> Future<T> run(Callable<T> toRun) {
          try {
            return Future.succeededFuture(toRun.call());
          } catch (Exception e) {
            return Future.failedFuture(e);
          }
        }
      };

  private final SliceWork held =
      new SliceWork() {
        @Override
        public Direction direction() {
          return Direction.SEND;
        }

        @Override
        public Future<Long> freeBytes() {
          return Future.succeededFuture(Long.MAX_VALUE);
        }

        @Override
        public Future<CompletedTask> move(Lease lease, Cancellation cancellation) {
          Promise<CompletedTask> promise = Promise.promise();
          work.put(lease.taskId(), promise);
          cancellations.put(lease.taskId(), cancellation);
          cancellation.onCancel(() -> promise.tryFail(cancellation.cause()));
          return promise.future();
        }
      };

  private static final class Played extends UnexpectedCoordinator {
    final Deque<Future<LeaseReply>> takes = new ArrayDeque<>();
    final List<LeaseRequest> requests = new ArrayList<>();
    final List<CompletedTask> completed = new ArrayList<>();
    final List<FailedTask> failed = new ArrayList<>();
    final List<HeldLease> released = new ArrayList<>();
    final Deque<Throwable> completeFailures = new ArrayDeque<>();
    List<String> lost = List.of();
    List<Zone> zones = List.of();

    @Override
    public Future<AgentSession> register(AgentRegistration registration) {
      return Future.succeededFuture(
          new AgentSession(registration.sessionId(), 1, 30_000, 10_000, 1000, List.of()));
    }

    @Override
    public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
      return Future.succeededFuture(
          new HeartbeatReply(30_000, 10_000, 1000, lost, Directive.WORK, zones));
    }

    @Override
    public Future<SessionEnd> endSession(String sessionId) {
      return Future.succeededFuture(new SessionEnd(0));
    }

    @Override
    public Future<LeaseReply> take(LeaseRequest request) {
      requests.add(request);
      return takes.isEmpty()
          ? Future.succeededFuture(new LeaseReply(List.of(), new Wait(WaitReason.NO_WORK, 1000)))
          : takes.remove();
    }

    @Override
    public Future<BatchReply> complete(CompleteBatch batch) {
      if (!completeFailures.isEmpty()) {
        return Future.failedFuture(completeFailures.remove());
      }
      completed.addAll(batch.items());
      return ok(batch.items().stream().map(CompletedTask::taskId).toList());
    }

    @Override
    public Future<BatchReply> fail(FailBatch batch) {
      failed.addAll(batch.items());
      return ok(batch.items().stream().map(FailedTask::taskId).toList());
    }

    @Override
    public Future<BatchReply> release(ReleaseBatch batch) {
      released.addAll(batch.items());
      return ok(batch.items().stream().map(HeldLease::taskId).toList());
    }

    private static Future<BatchReply> ok(List<String> ids) {
      return Future.succeededFuture(
          new BatchReply(
              ids.stream().map(id -> new ItemResult(id, ItemOutcome.OK, null)).toList()));
    }
  }

  @BeforeEach
  void open() {
    keeper.open();
    loop =
        new TransferLoop(
            new Loops(coordinator, keeper, scheduler, blocking, fatal::add),
            held,
            new ReachableZones(Path::of, Map.of("/far", Reach.NETWORK), blocking, scheduler),
            TRANSFERS,
            () -> moved++);
  }

  private static Future<LeaseReply> leases(Lease... leases) {
    return Future.succeededFuture(new LeaseReply(List.of(leases), null));
  }

  private static CompletedTask done(String taskId, int epoch) {
    return new CompletedTask(taskId, epoch, "k", 10, "0".repeat(64));
  }

  private static TransferException failure(Reason reason) {
    return new TransferException(reason, reason.word());
  }

  private void settle() {
    scheduler.advance(Duration.ofMillis(500));
  }

  @Test
  void take_roomForTwo_asksForTwoAndReportsEach() {
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();
    assertThat(coordinator.requests.get(0).maxTasks()).isEqualTo(TRANSFERS);
    assertThat(loop.underWay()).isEqualTo(2);

    work.get("1-0").complete(done("1-0", 1));
    work.get("1-1").complete(done("1-1", 1));
    settle();

    assertThat(coordinator.completed)
        .extracting(CompletedTask::taskId)
        .containsExactly("1-0", "1-1");
    assertThat(moved).isEqualTo(2);
    assertThat(keeper.leases().count()).isZero();
  }

  @Test
  void take_answerLost_repeatsTheSameRequest() {
    coordinator.takes.add(
        Future.failedFuture(new TransferException(Reason.COORDINATOR_UNREACHABLE, "down", null)));
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(coordinator.requests).hasSizeGreaterThanOrEqualTo(2);
    assertThat(coordinator.requests.get(1).requestId())
        .isEqualTo(coordinator.requests.get(0).requestId());
    assertThat(work).containsKey("1-0");
  }

  @Test
  void take_answered_nextRequestIsAnother() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();

    assertThat(coordinator.requests).hasSize(2);
    assertThat(coordinator.requests.get(1).requestId())
        .isNotEqualTo(coordinator.requests.get(0).requestId());
  }

  @Test
  void take_sameLeaseTwice_worksOnItOnce() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();

    assertThat(loop.underWay()).isEqualTo(1);
  }

  @Test
  void take_empty_waitsAsLongAsToldTo() {
    loop.wake();
    assertThat(coordinator.requests).hasSize(1);
    scheduler.advance(Duration.ofMillis(999));
    assertThat(coordinator.requests).hasSize(1);
    scheduler.advance(Duration.ofMillis(1));
    assertThat(coordinator.requests).hasSize(2);
  }

  @Test
  void complete_unanswered_isRepeatedUntilAnswered() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    coordinator.completeFailures.add(
        new TransferException(Reason.COORDINATOR_UNREACHABLE, "down", null));
    loop.wake();
    work.get("1-0").complete(done("1-0", 1));
    scheduler.advance(Duration.ofSeconds(3));

    assertThat(coordinator.completed).hasSize(1);
    assertThat(coordinator.failed).isEmpty();
    assertThat(moved).isEqualTo(1);
  }

  @Test
  void lease_lostWhileMoving_reportsNothing() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();
    coordinator.lost = List.of("1-0");
    scheduler.advance(Duration.ofSeconds(10));

    assertThat(cancellations.get("1-0").cause()).isNotNull();
    assertThat(coordinator.completed).isEmpty();
    assertThat(coordinator.failed).isEmpty();
    assertThat(coordinator.released).isEmpty();
    assertThat(loop.underWay()).isZero();
  }

  @Test
  void move_objectBad_failsTheTaskAsObjectBad() {
    coordinator.takes.add(leases(lease("1-0", 4)));
    loop.wake();
    work.get("1-0").fail(failure(Reason.OBJECT_BAD));
    settle();

    assertThat(coordinator.failed)
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.kind()).isEqualTo(FailureKind.OBJECT_BAD);
              assertThat(task.leaseEpoch()).isEqualTo(4);
            });
    assertThat(moved).isZero();
  }

  @Test
  void move_diskFull_givesTheTaskBackUncountedAndPauses() {
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();
    int before = coordinator.requests.size();
    work.get("1-0").fail(failure(Reason.NO_SPACE));
    settle();

    assertThat(coordinator.released).extracting(HeldLease::taskId).containsExactly("1-0");
    assertThat(coordinator.failed).isEmpty();
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(coordinator.requests).hasSize(before);
    scheduler.advance(Duration.ofSeconds(20));
    assertThat(coordinator.requests.size()).isGreaterThan(before);
  }

  @Test
  void move_credentialsRefused_isFatalAndGivesTheTaskBack() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();
    work.get("1-0").fail(failure(Reason.ACCESS_DENIED));
    settle();

    assertThat(fatal).extracting(TransferException::reason).containsExactly(Reason.ACCESS_DENIED);
    assertThat(coordinator.released).hasSize(1);
  }

  @Test
  void cancelAll_drained_givesTasksBack() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    loop.wake();
    loop.stop();
    keeper.leases().cancelAll(new TransferException(Reason.DRAINED, "leaving"));
    settle();

    assertThat(coordinator.released).extracting(HeldLease::taskId).containsExactly("1-0");
    assertThat(loop.underWay()).isZero();
  }

  /** Zones whose sample is there: one on this host's disk, one that the configuration calls far. */
  private void zones(String... names) {
    coordinator.zones = List.of(names).stream().map(name -> new Zone(name, "/")).toList();
    keeper.refresh();
  }

  private static Future<LeaseReply> nothing(WaitReason reason) {
    return Future.succeededFuture(new LeaseReply(List.of(), new Wait(reason, 60_000)));
  }

  @Test
  void take_workInCheapZones_namesNoDearOnes() {
    zones("/near", "/far");
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
    assertThat(coordinator.requests.get(0).zones()).containsExactly("/near");
    assertThat(coordinator.requests.get(0).dearZones()).isNull();
  }

  @Test
  void take_cheapZonesEmpty_namesDearOnesAtOnce() {
    zones("/near", "/far");
    coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();

    assertThat(coordinator.requests).hasSize(2);
    assertThat(coordinator.requests.get(1).zones()).containsExactly("/near");
    assertThat(coordinator.requests.get(1).dearZones()).containsExactly("/far");
  }

  @ParameterizedTest
  @EnumSource(names = {"WINDOW_FULL", "FAILING"})
  void take_nothingForOtherReasonsThanWork_leavesDearZonesToOthers(WaitReason reason) {
    zones("/near", "/far");
    coordinator.takes.add(nothing(reason));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
  }

  @Test
  void take_onlyDearZones_namesThemAsDear() {
    zones("/far");
    coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
    assertThat(coordinator.requests.get(0).zones()).isEmpty();
    assertThat(coordinator.requests.get(0).dearZones()).containsExactly("/far");
  }

  @Test
  void take_leftOutForLong_namesAllZonesAlike() {
    zones("/far");
    for (int i = 0; i < 11; i++) {
      coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    }
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();
    scheduler.advance(DearZones.PATIENCE.minusSeconds(1));
    assertThat(coordinator.requests).allMatch(request -> request.zones().isEmpty());
    scheduler.advance(Duration.ofSeconds(1));

    LeaseRequest last = coordinator.requests.get(coordinator.requests.size() - 1);
    assertThat(last.zones()).containsExactly("/far");
    assertThat(last.dearZones()).isNull();
    assertThat(work).containsKey("1-0");
  }

  @Test
  void stop_takesNothingMore() {
    loop.stop();
    loop.wake();
    scheduler.advance(Duration.ofMinutes(1));

    assertThat(coordinator.requests).isEmpty();
  }
}
