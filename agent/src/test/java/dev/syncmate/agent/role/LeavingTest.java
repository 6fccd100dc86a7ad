// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.UnexpectedStore;
import dev.syncmate.schema.GarbageReply;
import dev.syncmate.schema.GarbageTake;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SweepReply;
import dev.syncmate.schema.TakeSweep;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeavingTest {
  private static final Duration LATE = Duration.ofSeconds(9);

  private final Rig rig = new Rig();
  private final Played coordinator = new Played();
  private final List<Duration> told = new ArrayList<>();

  private static final class Played extends Rig.Played {
    final Deque<Future<SweepReply>> answers = new ArrayDeque<>();
    int collected;

    @Override
    public Future<SweepReply> takeSweep(TakeSweep request) {
      assertThat(request.leaving()).isTrue();
      return answers.isEmpty() ? answer(null) : answers.remove();
    }

    @Override
    public Future<GarbageReply> takeGarbage(GarbageTake request) {
      collected++;
      return Future.succeededFuture(new GarbageReply(List.of()));
    }
  }

  private static Future<SweepReply> answer(Long waitMs) {
    return Future.succeededFuture(new SweepReply(List.of(), waitMs));
  }

  private Future<Void> leave() {
    Loops loops = rig.loops(coordinator, Role.RECV);
    UnexpectedStore store = new UnexpectedStore();
    PollLoop deleting = new PollLoop("garbage", loops, new Garbage(coordinator, store));
    Sweeping sweeps = new Sweeping(coordinator, store, () -> {});
    return new Leaving(loops, sweeps, deleting).collect(told::add);
  }

  @Test
  void collect_nothingComesLater_endsAtOnce() {
    assertThat(leave().succeeded()).isTrue();
    assertThat(coordinator.collected).isEqualTo(1);
    assertThat(told).isEmpty();
  }

  @Test
  void collect_objectsMayComeLater_waitsSaysItAndLooksAgain() {
    coordinator.answers.add(answer(LATE.toMillis()));
    Future<Void> left = leave();
    assertThat(told).containsExactly(LATE);
    rig.scheduler.advance(LATE.minusMillis(1));
    assertThat(left.isComplete()).isFalse();
    rig.scheduler.advance(Duration.ofMillis(1));
    assertThat(left.succeeded()).isTrue();
    assertThat(coordinator.collected).isEqualTo(2);
  }

  @Test
  void collect_coordinatorFails_leavesTheRestToTheNextReceiver() {
    coordinator.answers.add(Rig.unanswered());
    assertThat(leave().succeeded()).isTrue();
  }
}
