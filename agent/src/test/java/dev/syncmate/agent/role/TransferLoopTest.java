// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static dev.syncmate.agent.role.Rig.leases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.FailureKind;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransferLoopTest {
  private static final int TRANSFERS = 2;

  private final Rig rig = new Rig();
  private final ManualScheduler scheduler = rig.scheduler;
  private final Played coordinator = new Played();
  private final Map<String, Promise<CompletedTask>> work = new LinkedHashMap<>();
  private final Map<String, Cancellation> cancellations = new LinkedHashMap<>();
  private int moved;
  private boolean askThrows;
  private boolean movedThrows;
  private String moveThrowsFor = "";
  private LeaseKeeper keeper;
  private TransferLoop loop;

  private final SliceWork held =
      new SliceWork() {
        @Override
        public Direction direction() {
          return Direction.SEND;
        }

        @Override
        public Future<Wanted> wanted() {
          if (askThrows) {
            askThrows = false;
            Rig.bug();
          }
          return Future.succeededFuture(new Wanted(List.of("/z"), List.of("/far"), 7L));
        }

        @Override
        public boolean answered(LeaseReply answer) {
          return !answer.leases().isEmpty();
        }

        @Override
        public Future<CompletedTask> move(Lease lease, Cancellation cancellation) {
          if (lease.taskId().equals(moveThrowsFor)) {
            Rig.bug();
          }
          Promise<CompletedTask> promise = Promise.promise();
          work.put(lease.taskId(), promise);
          cancellations.put(lease.taskId(), cancellation);
          cancellation.onCancel(() -> promise.tryFail(cancellation.cause()));
          return promise.future();
        }
      };

  private static final class Played extends Rig.Leasing {
    final List<CompletedTask> completed = new ArrayList<>();
    final List<FailedTask> failed = new ArrayList<>();
    final List<HeldLease> released = new ArrayList<>();
    final Deque<Throwable> completeFailures = new ArrayDeque<>();

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
      return Future.succeededFuture(Rig.ok(ids));
    }
  }

  @BeforeEach
  void open() {
    Loops loops = rig.loops(coordinator, Role.SEND);
    keeper = loops.keeper();
    loop =
        new TransferLoop(
            loops,
            held,
            TRANSFERS,
            () -> {
              moved++;
              if (movedThrows) {
                Rig.bug();
              }
            });
  }

  private static CompletedTask done(String taskId, long epoch) {
    return new CompletedTask(taskId, epoch, "k", 10, "0".repeat(64), null, null);
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
  void take_anyDirection_asksForWhatTheWorkWants() {
    loop.wake();

    LeaseRequest request = coordinator.requests.get(0);
    assertThat(request.sessionId()).isEqualTo(keeper.sessionId());
    assertThat(request.direction()).isEqualTo(held.direction());
    assertThat(request.zones()).containsExactly("/z");
    assertThat(request.dearZones()).containsExactly("/far");
    assertThat(request.freeBytes()).isEqualTo(7);
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

    assertThat(rig.fatal)
        .extracting(TransferException::reason)
        .containsExactly(Reason.ACCESS_DENIED);
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

  @Test
  void ask_throws_isRepeatedAfterAPollInterval() {
    askThrows = true;
    loop.wake();
    assertThat(loop.underWay()).isZero();
    scheduler.advance(Duration.ofSeconds(1));

    assertThat(coordinator.requests).hasSize(1);
  }

  @Test
  void move_throws_failsTheTaskAndGoesOnWithOthers() {
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    moveThrowsFor = "1-0";
    loop.wake();
    settle();

    assertThat(coordinator.failed).extracting(FailedTask::taskId).containsExactly("1-0");
    assertThat(work).containsKey("1-1");
    assertThat(loop.underWay()).isEqualTo(1);
  }

  @Test
  void moved_whoIsToldThrows_failsNoTaskAndGoesOn() {
    coordinator.takes.add(leases(lease("1-0", 1)));
    movedThrows = true;
    loop.wake();
    work.get("1-0").complete(done("1-0", 1));
    settle();

    assertThat(moved).isEqualTo(1);
    assertThat(coordinator.failed).isEmpty();
    assertThat(keeper.leases().count()).isZero();
    assertThat(loop.underWay()).isZero();
  }

  @Test
  void stop_takesNothingMore() {
    loop.stop();
    loop.wake();
    scheduler.advance(Duration.ofMinutes(1));

    assertThat(coordinator.requests).isEmpty();
  }
}
