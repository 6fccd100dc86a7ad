// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class PollLoopTest {
  private final Rig rig = new Rig();
  private final Rig.Played coordinator = new Rig.Played();
  private final Loops loops = rig.loops(coordinator, Role.SEND);
  private final Deque<Future<Boolean>> answers = new ArrayDeque<>();
  private int steps;
  private int throwing;
  private final PollLoop loop =
      new PollLoop(
          "test",
          loops,
          session -> {
            steps++;
            if (throwing-- > 0) {
              Rig.bug();
            }
            return answers.isEmpty() ? Future.succeededFuture(false) : answers.remove();
          });

  @Test
  void step_foundWork_isRepeatedAtOnce() {
    answers.add(Future.succeededFuture(true));
    answers.add(Future.succeededFuture(true));
    loop.wake();

    assertThat(steps).isEqualTo(3);
  }

  @Test
  void step_foundNothing_isRepeatedAfterAPollInterval() {
    loop.wake();
    rig.scheduler.advance(Rig.POLL.minusMillis(1));
    assertThat(steps).isEqualTo(1);
    rig.scheduler.advance(java.time.Duration.ofMillis(1));
    assertThat(steps).isEqualTo(2);
  }

  @Test
  void step_failed_isRepeatedAfterAPollInterval() {
    answers.add(Rig.unanswered());
    loop.wake();
    assertThat(steps).isEqualTo(1);
    rig.scheduler.advance(Rig.POLL);

    assertThat(steps).isEqualTo(2);
    assertThat(rig.fatal).isEmpty();
  }

  @Test
  void step_refusedForTheWholeAgent_isFatalAndNotRepeated() {
    answers.add(Future.failedFuture(new TransferException(Reason.UNAUTHORIZED, "wrong token")));
    loop.wake();
    rig.scheduler.advance(Rig.POLL.multipliedBy(3));

    assertThat(rig.fatal)
        .extracting(TransferException::reason)
        .containsExactly(Reason.UNAUTHORIZED);
    assertThat(steps).isEqualTo(1);
  }

  @Test
  void wake_whileAStepRuns_runsOneMoreBehindIt() {
    Promise<Boolean> first = Promise.promise();
    answers.add(first.future());
    loop.wake();
    loop.wake();
    loop.wake();
    assertThat(steps).isEqualTo(1);
    assertThat(loop.idle()).isFalse();
    first.complete(false);

    assertThat(steps).isEqualTo(2);
    assertThat(loop.idle()).isTrue();
  }

  @Test
  void stop_whileAStepRuns_runsNoOther() {
    Promise<Boolean> first = Promise.promise();
    answers.add(first.future());
    loop.wake();
    loop.stop();
    first.complete(true);
    loop.wake();
    rig.scheduler.advance(Rig.POLL.multipliedBy(3));

    assertThat(steps).isEqualTo(1);
    assertThat(loop.idle()).isTrue();
  }

  @Test
  void directive_pause_takesNothingUntilWorkIsOrderedAgain() {
    coordinator.directive = Directive.PAUSE;
    rig.scheduler.advance(Rig.HEARTBEAT);
    loop.wake();
    rig.scheduler.advance(Rig.POLL.multipliedBy(5));
    assertThat(steps).isZero();

    coordinator.directive = Directive.WORK;
    rig.scheduler.advance(Rig.HEARTBEAT.plus(Rig.POLL));
    assertThat(steps).isPositive();
  }

  @Test
  void step_throws_isRepeatedAfterAPollInterval() {
    throwing = 1;
    loop.wake();
    assertThat(loop.idle()).isTrue();
    rig.scheduler.advance(Rig.POLL);

    assertThat(steps).isEqualTo(2);
  }
}
