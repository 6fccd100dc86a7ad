// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.agent.testing.UnexpectedCoordinator;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SessionEnd;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private static final int LEASE_MS = 30_000;
  private static final int HEARTBEAT_MS = 10_000;

  private final ManualScheduler scheduler = new ManualScheduler();
  private final Played coordinator = new Played();
  private final LeaseKeeper keeper =
      new LeaseKeeper(
          coordinator,
          scheduler,
          () ->
              new Identity("a1", "h1", Role.SEND, "h1", "copy", "test")
                  .newRegistration(FolderIds.NONE),
          () -> coordinator.bytes);

  private static final class Played extends UnexpectedCoordinator {
    final List<AgentRegistration> registrations = new ArrayList<>();
    final List<Heartbeat> heartbeats = new ArrayList<>();
    final List<String> ended = new ArrayList<>();
    Function<Heartbeat, Future<HeartbeatReply>> answer = beat -> renewed(List.of());
    long bytes;
    int throwing;
    Future<AgentSession> registering;

    @Override
    public Future<AgentSession> register(AgentRegistration registration) {
      bugIfDue();
      registrations.add(registration);
      if (registering != null) {
        return registering;
      }
      return Future.succeededFuture(
          new AgentSession(registration.sessionId(), 1, LEASE_MS, HEARTBEAT_MS, 1000, List.of()));
    }

    @Override
    public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
      heartbeats.add(heartbeat);
      return answer.apply(heartbeat);
    }

    @Override
    public Future<SessionEnd> endSession(String sessionId) {
      bugIfDue();
      ended.add(sessionId);
      return Future.succeededFuture(new SessionEnd(0));
    }

    private void bugIfDue() {
      if (throwing > 0) {
        throwing--;
        Rig.bug();
      }
    }

    static Future<HeartbeatReply> renewed(List<String> lost) {
      return renewed(lost, List.of());
    }

    static Future<HeartbeatReply> renewed(List<String> lost, List<String> lostFiles) {
      return Future.succeededFuture(
          new HeartbeatReply(
              LEASE_MS, HEARTBEAT_MS, 1000, lost, lostFiles, Directive.WORK, List.of()));
    }
  }

  @Test
  void heartbeat_everyInterval_namesHeldLeasesAndRate() {
    keeper.open();
    keeper.leases().hold(lease("1-0", 3));
    coordinator.bytes = 50_000;
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(coordinator.heartbeats).hasSize(1);
    Heartbeat beat = coordinator.heartbeats.get(0);
    assertThat(beat.held())
        .extracting("taskId", "leaseEpoch")
        .containsExactly(org.assertj.core.api.Assertions.tuple("1-0", 3L));
    assertThat(beat.transferredBytes()).isEqualTo(50_000);
    assertThat(beat.bytesPerSecond()).isEqualTo(5_000);
  }

  @Test
  void heartbeat_leaseNamedLost_cancelsOnlyThatOne() {
    keeper.open();
    Cancellation first = keeper.leases().hold(lease("1-0", 1));
    Cancellation second = keeper.leases().hold(lease("1-1", 1));
    coordinator.answer = beat -> Played.renewed(List.of("1-0"));
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(first.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(second.cause()).isNull();
    assertThat(keeper.leases().count()).isEqualTo(1);
  }

  @Test
  void heartbeat_filesHeld_areNamedAndOneThatIsLostIsCancelled() {
    keeper.open();
    Cancellation first = keeper.leases().holdFile(new HeldFile("7", 1_796_000_000_000L));
    Cancellation second = keeper.leases().holdFile(new HeldFile("8", 2));
    coordinator.answer = beat -> Played.renewed(List.of(), List.of("8"));
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(coordinator.heartbeats.get(0).heldFiles())
        .containsExactly(new HeldFile("7", 1_796_000_000_000L), new HeldFile("8", 2));
    assertThat(first.cause()).isNull();
    assertThat(second.cause()).isInstanceOf(LeaseLostException.class);
  }

  @Test
  void renew_unansweredUntilDeadline_losesLeasesBeforeTheCoordinatorDoes() {
    keeper.open();
    Cancellation held = keeper.leases().hold(lease("1-0", 1));
    coordinator.answer = beat -> Promise.<HeartbeatReply>promise().future();

    scheduler.advance(Duration.ofMillis(LEASE_MS - LEASE_MS / 10 - 1));
    assertThat(held.cause()).isNull();
    scheduler.advance(Duration.ofMillis(1));

    assertThat(held.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(coordinator.ended).containsExactly(coordinator.registrations.get(0).sessionId());
    assertThat(coordinator.registrations).hasSize(2);
    assertThat(keeper.sessionId())
        .isEqualTo(coordinator.registrations.get(1).sessionId())
        .isNotEqualTo(coordinator.registrations.get(0).sessionId());
  }

  @Test
  void renew_deadlineCountsFromBeforeTheHeartbeatLeft_notFromItsAnswer() {
    keeper.open();
    Cancellation held = keeper.leases().hold(lease("1-0", 1));
    Promise<HeartbeatReply> late = Promise.promise();
    coordinator.answer = beat -> late.future();
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));
    scheduler.advance(Duration.ofMillis(16_000));
    late.complete(Played.renewed(List.of()).result());
    coordinator.answer = beat -> Promise.<HeartbeatReply>promise().future();

    // Sent at 10 s, so good until 37 s although the answer came at 26 s.
    scheduler.advance(Duration.ofMillis(10_999));
    assertThat(held.cause()).isNull();
    scheduler.advance(Duration.ofMillis(1));
    assertThat(held.cause()).isInstanceOf(LeaseLostException.class);
  }

  @Test
  void renew_oneFailureWithinTheLease_keepsLeases() {
    keeper.open();
    Cancellation held = keeper.leases().hold(lease("1-0", 1));
    coordinator.answer =
        beat ->
            coordinator.heartbeats.size() == 1
                ? Future.failedFuture(
                    new TransferException(Reason.COORDINATOR_UNREACHABLE, "down", null))
                : Played.renewed(List.of());
    scheduler.advance(Duration.ofMillis(4L * LEASE_MS));

    assertThat(held.cause()).isNull();
    assertThat(coordinator.registrations).hasSize(1);
  }

  @Test
  void renew_sessionUnknown_losesAllAndOpensANewSession() {
    keeper.open();
    Cancellation held = keeper.leases().hold(lease("1-0", 1));
    coordinator.answer =
        beat -> Future.failedFuture(new TransferException(Reason.SESSION_UNKNOWN, "gone", null));
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(held.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(coordinator.registrations).hasSize(2);
    assertThat(keeper.mayTake()).isTrue();
  }

  @Test
  void renew_tokenRefused_isFatal() {
    keeper.open();
    coordinator.answer =
        beat -> Future.failedFuture(new TransferException(Reason.UNAUTHORIZED, "no", null));
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(keeper.fatal().result().reason()).isEqualTo(Reason.UNAUTHORIZED);
  }

  @Test
  void close_endsTheSessionAndStopsHeartbeats() {
    keeper.open();
    keeper.close();
    scheduler.advance(Duration.ofMillis(3L * LEASE_MS));

    assertThat(coordinator.heartbeats).isEmpty();
    assertThat(coordinator.ended).hasSize(1);
    assertThat(keeper.mayTake()).isFalse();
  }

  @Test
  void heartbeat_throws_isRepeatedWithinTheLease() {
    keeper.open();
    Cancellation held = keeper.leases().hold(lease("1-0", 1));
    coordinator.answer =
        beat -> coordinator.heartbeats.size() == 1 ? Rig.bug() : Played.renewed(List.of());
    scheduler.advance(Duration.ofMillis(4L * LEASE_MS));

    assertThat(held.cause()).isNull();
    assertThat(coordinator.registrations).hasSize(1);
  }

  @Test
  void heartbeat_ofALostSessionUnanswered_keepsNoOtherFromBeingRenewed() {
    keeper.open();
    coordinator.answer =
        beat ->
            coordinator.heartbeats.size() == 1
                ? Promise.<HeartbeatReply>promise().future()
                : Played.renewed(List.of());
    scheduler.advance(Duration.ofMillis(4L * LEASE_MS));

    assertThat(coordinator.registrations).hasSize(2);
  }

  @Test
  void reopen_callsThrow_isRepeatedUntilThereIsASession() {
    keeper.open();
    coordinator.answer =
        beat -> Future.failedFuture(new TransferException(Reason.SESSION_UNKNOWN, "gone", null));
    coordinator.throwing = 2;
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));
    coordinator.answer = beat -> Played.renewed(List.of());
    assertThat(keeper.mayTake()).isFalse();
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(keeper.mayTake()).isTrue();
  }

  @Test
  void renew_cancelledWorkThrows_losesTheOthersAndOpensANewSession() {
    keeper.open();
    keeper.leases().hold(lease("1-0", 1)).onCancel(Rig::bug);
    Cancellation other = keeper.leases().hold(lease("1-1", 1));
    coordinator.answer =
        beat -> Future.failedFuture(new TransferException(Reason.SESSION_UNKNOWN, "gone", null));
    scheduler.advance(Duration.ofMillis(HEARTBEAT_MS));

    assertThat(other.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(keeper.mayTake()).isTrue();
  }

  @Test
  void close_endingThrows_isOver() {
    keeper.open();
    coordinator.throwing = 1;

    assertThat(keeper.close().succeeded()).isTrue();
  }

  @Test
  void close_whileASessionIsOpened_endsThatOneToo() {
    Promise<AgentSession> late = Promise.promise();
    coordinator.registering = late.future();
    Future<Void> opening = keeper.open();
    keeper.close();
    late.complete(new AgentSession("s-1", 1, LEASE_MS, HEARTBEAT_MS, 1000, List.of()));
    scheduler.advance(Duration.ofMillis(3L * LEASE_MS));

    assertThat(opening.succeeded()).isTrue();
    assertThat(coordinator.ended).containsExactly("s-1");
    assertThat(coordinator.heartbeats).isEmpty();
    assertThat(keeper.mayTake()).isFalse();
  }
}
