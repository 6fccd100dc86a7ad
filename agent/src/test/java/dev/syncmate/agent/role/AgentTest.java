// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.agent.testing.MemorySource;
import dev.syncmate.agent.testing.UnexpectedStore;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingReply;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SessionEnd;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.Verdict;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sending agent that holds one slice whose upload hangs until the test lets it go. */
class AgentTest {
  private final Rig rig = new Rig();
  private final Played coordinator = new Played();
  private final Promise<Void> upload = Promise.promise();
  private Agent agent;

  private static final class Played extends Rig.Played {
    final List<String> said = new ArrayList<>();
    boolean endUnanswered;
    boolean releaseUnanswered;
    private boolean given;

    @Override
    public Future<LeaseReply> take(LeaseRequest request) {
      if (given) {
        said.add("take");
        return Future.succeededFuture(
            new LeaseReply(List.of(), new Wait(WaitReason.NO_WORK, 1000)));
      }
      given = true;
      return Future.succeededFuture(new LeaseReply(List.of(lease("1-0", 1)), null));
    }

    @Override
    public Future<ResolvingReply> takeResolving(TakeResolving request) {
      return Future.succeededFuture(new ResolvingReply(List.of()));
    }

    @Override
    public Future<BatchReply> complete(CompleteBatch batch) {
      said.add("complete");
      return Future.succeededFuture(
          Rig.ok(batch.items().stream().map(CompletedTask::taskId).toList()));
    }

    @Override
    public Future<BatchReply> release(ReleaseBatch batch) {
      if (releaseUnanswered) {
        return Rig.unanswered();
      }
      said.add("release");
      return Future.succeededFuture(Rig.ok(batch.items().stream().map(HeldLease::taskId).toList()));
    }

    @Override
    public Future<SessionEnd> endSession(String sessionId) {
      said.add("end");
      return endUnanswered ? Rig.unanswered() : super.endSession(sessionId);
    }
  }

  private final class Bucket extends UnexpectedStore {
    @Override
    public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
      Promise<StoredObject> stored = Promise.promise();
      cancellation.onCancel(() -> stored.tryFail(cancellation.cause()));
      upload.future().onSuccess(v -> stored.tryComplete(new StoredObject(key, 10, "0".repeat(64))));
      return stored.future();
    }
  }

  private static final LeasedSlices SLICES =
      new LeasedSlices() {
        @Override
        public Future<StampedSource> open(Lease lease) {
          return Future.succeededFuture(new MemorySource("f", new byte[10]));
        }

        @Override
        public @Nullable String metadata(Lease lease) {
          return null;
        }

        @Override
        public Future<Void> close(Lease lease) {
          return Future.succeededFuture();
        }
      };

  @BeforeEach
  void start() {
    SendParts send =
        new SendParts(
            Path::of,
            Map.of(),
            SLICES,
            file -> new ResolvedItem(file.fileId(), file.leaseEpoch(), Verdict.FULL, null),
            (file, cancellation) -> null);
    agent =
        new Agent(
            new AgentOptions(Rig.identity(Role.SEND), 1),
            new Agent.Parts(coordinator, new Bucket(), rig.blocking, () -> 0, send, null),
            rig.scheduler);
    agent.open();
    agent.work();
    assertThat(agent.leasesHeld()).isEqualTo(1);
  }

  @Test
  void drain_workEndsInTime_isReportedBeforeTheSessionEnds() {
    Future<Void> drained = agent.drain(Duration.ofSeconds(5));
    upload.complete();
    rig.scheduler.advance(Duration.ofSeconds(1));

    assertThat(drained.succeeded()).isTrue();
    assertThat(coordinator.said).containsExactly("complete", "end");
  }

  @Test
  void drain_timeout_givesTasksBackAndThenEndsTheSession() {
    Future<Void> drained = agent.drain(Duration.ofSeconds(5));
    rig.scheduler.advance(Duration.ofMillis(4900));
    assertThat(drained.isComplete()).isFalse();
    rig.scheduler.advance(Duration.ofSeconds(2));

    assertThat(drained.succeeded()).isTrue();
    assertThat(coordinator.said).containsExactly("release", "end");
    assertThat(agent.leasesHeld()).isZero();
  }

  @Test
  void drain_sessionEndUnanswered_endsAllTheSame() {
    coordinator.endUnanswered = true;
    Future<Void> drained = agent.drain(Duration.ZERO);
    rig.scheduler.advance(Duration.ofSeconds(2));

    assertThat(drained.succeeded()).isTrue();
    assertThat(coordinator.said).endsWith("end");
  }

  @Test
  void drain_givingBackUnanswered_endsTheSessionAllTheSame() {
    coordinator.releaseUnanswered = true;
    Future<Void> drained = agent.drain(Duration.ZERO);
    rig.scheduler.advance(Duration.ofSeconds(3));

    assertThat(drained.succeeded()).isTrue();
    assertThat(coordinator.said).contains("end");
  }

  @Test
  void drain_twice_sharesTheFirstOnesEnd() {
    Future<Void> first = agent.drain(Duration.ofSeconds(5));
    Future<Void> second = agent.drain(Duration.ZERO);
    rig.scheduler.advance(Duration.ofSeconds(1));
    assertThat(second.isComplete()).isFalse();
    upload.complete();
    rig.scheduler.advance(Duration.ofSeconds(1));

    assertThat(first.succeeded()).isTrue();
    assertThat(second.succeeded()).isTrue();
    assertThat(coordinator.said).containsExactly("complete", "end");
  }

  @Test
  void directive_drain_isToldOnceAndNothingMoreIsTaken() {
    assertThat(agent.drainOrdered().isComplete()).isFalse();
    coordinator.directive = Directive.DRAIN;
    rig.scheduler.advance(Rig.HEARTBEAT);
    assertThat(agent.drainOrdered().succeeded()).isTrue();
    upload.complete();
    rig.scheduler.advance(Rig.HEARTBEAT.multipliedBy(2));

    assertThat(coordinator.said).containsExactly("complete");
  }
}
