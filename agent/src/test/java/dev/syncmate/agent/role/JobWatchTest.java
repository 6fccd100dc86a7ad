// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.testing.UnexpectedCoordinator;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobControl;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.Tally;
import dev.syncmate.schema.TaskTallies;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class JobWatchTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ManualScheduler scheduler = new ManualScheduler();
  private final Deque<Supplier<Future<JobStatus>>> answers = new ArrayDeque<>();
  private final List<JobState> seen = new ArrayList<>();

  private final UnexpectedCoordinator coordinator =
      new UnexpectedCoordinator() {
        @Override
        public Future<JobStatus> job(String jobId) {
          return answers.isEmpty() ? answer(JobState.DONE) : answers.remove().get();
        }
      };

  private static Future<JobStatus> answer(JobState state) {
    Tally none = new Tally(0, 0);
    return Future.succeededFuture(
        new JobStatus(
            "0123456789abcdef",
            state,
            JobControl.RUN,
            "copy",
            1,
            1,
            0,
            new TaskTallies(none, none, none, none, none, none),
            new FileTallies(none, none, none, none, none)));
  }

  private Future<JobStatus> watch(Consumer<JobStatus> consumer) {
    return new JobWatch(coordinator, "0123456789abcdef", scheduler, INTERVAL, consumer).start();
  }

  @Test
  void watch_untilDone_tellsEveryStatus() {
    answers.add(() -> answer(JobState.OPEN));
    answers.add(Rig::unanswered);
    Future<JobStatus> done = watch(status -> seen.add(status.state()));
    scheduler.advance(INTERVAL);
    assertThat(done.isComplete()).isFalse();
    scheduler.advance(INTERVAL);

    assertThat(done.result().state()).isEqualTo(JobState.DONE);
    assertThat(seen).containsExactly(JobState.OPEN, JobState.DONE);
  }

  @Test
  void watch_refusedForTheWholeAgent_fails() {
    answers.add(() -> Future.failedFuture(new TransferException(Reason.UNAUTHORIZED, "no")));

    assertThat(watch(seen -> {}).cause()).hasMessage("no");
  }

  @Test
  void watch_callThrows_isRepeated() {
    answers.add(Rig::bug);
    Future<JobStatus> done = watch(seen -> {});
    scheduler.advance(INTERVAL);

    assertThat(done.succeeded()).isTrue();
  }

  @Test
  void watch_whoIsToldThrows_endsAllTheSame() {
    answers.add(() -> answer(JobState.OPEN));
    Future<JobStatus> done = watch(seen -> Rig.bug());
    scheduler.advance(INTERVAL);

    assertThat(done.succeeded()).isTrue();
  }
}
