// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.HoldingStore;
import dev.syncmate.schema.AgentStatus;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators tell agents and jobs, as real agents follow it. */
class DirectivesIT {
  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final String WINDOW = "8MiB";
  private static final int HELD = 2;

  @TempDir Path folder;

  @Test
  void pauseAndWork_oneOfTwoSenders_onlyTheOtherTakesUntilTheyAreToldOtherwise() {
    DataSet data = DataSet.make(folder.resolve("data"), "24MiB", 13);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess resting =
          cluster.sender("resting", MainJobIT.sources(data), List.of("-v", "--role", "send"));
      awaitLive(cluster, "resting");
      cluster.direct("resting", Directive.PAUSE);

      AgentProcess busy =
          cluster.sender("busy", MainJobIT.sources(data), send(data, "--window", WINDOW));
      await().atMost(WAIT).until(() -> busy.stderr().contains("why=WINDOW_FULL"));
      await().atMost(WAIT).until(() -> resting.stderr().contains("why=PAUSED"));
      assertThat(senders(cluster)).containsExactly("busy");

      cluster.direct("busy", Directive.PAUSE);
      await().atMost(WAIT).until(() -> busy.stderr().contains("why=PAUSED"));
      await().atMost(WAIT).until(() -> cluster.tasks(TaskState.UPLOADING).isEmpty());
      Set<String> first = ids(cluster.tasks(TaskState.UPLOADED));
      assertThat(first).isNotEmpty();
      cluster.direct("resting", Directive.WORK);
      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      Cluster.assertEnds(busy, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();
      assertThat(cluster.tasks(null))
          .allSatisfy(
              task ->
                  assertThat(task.sender())
                      .isEqualTo(first.contains(task.taskId()) ? "busy" : "resting"));
      resting.terminate();
      Cluster.assertEnds(resting, 0);
    }
  }

  @Test
  void drain_agentThatHoldsTasks_finishesThemOrGivesThemBackAndExits0() throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 13);
    try (HoldingStore slow = new HoldingStore();
        HoldingStore stuck = new HoldingStore();
        Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess finisher = sender(cluster, "finisher", data, slow, "60");
      await().atMost(WAIT).until(() -> slow.held() == HELD);
      cluster.direct("finisher", Directive.DRAIN);
      await().atMost(WAIT).until(() -> finisher.stderr().contains("tells this agent to leave"));
      slow.release();
      Cluster.assertEnds(finisher, 0);
      assertThat(cluster.tasks(TaskState.UPLOADED)).hasSize(HELD);
      assertThat(cluster.tasks(TaskState.UPLOADING)).isEmpty();

      AgentProcess leaver = sender(cluster, "leaver", data, stuck, "1");
      await().atMost(WAIT).until(() -> stuck.held() == HELD);
      Set<String> held = ids(cluster.tasks(TaskState.UPLOADING));
      assertThat(held).hasSize(HELD);
      cluster.direct("leaver", Directive.DRAIN);
      Cluster.assertEnds(leaver, 0);
      // Given back, not failed: nothing is counted against them.
      assertThat(cluster.tasks(TaskState.PENDING))
          .filteredOn(task -> held.contains(task.taskId()))
          .hasSize(HELD)
          .allSatisfy(task -> assertThat(task.attempts()).isZero());
      assertThat(cluster.status().agents()).isEmpty();
    }
  }

  @Test
  void job_pausedResumedCancelled_handsOutNothingGoesOnAndEndsWithExit1() {
    DataSet data = DataSet.make(folder.resolve("data"), "64MiB", 13);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender =
          cluster.sender("sender", MainJobIT.sources(data), send(data, "--window", WINDOW));
      await().atMost(WAIT).until(() -> sender.stderr().contains("why=WINDOW_FULL"));
      cluster.control("pause");
      AgentProcess receiver =
          cluster.receiver(
              "receiver", MainJobIT.recv(data, "--window", WINDOW, "--transfers", "1"));
      await().atMost(WAIT).until(() -> receiver.stderr().contains("why=PAUSED"));
      assertThat(cluster.tasks(null)).allMatch(task -> task.receiver() == null);

      cluster.control("resume");
      await().atMost(WAIT).until(() -> cluster.tasks(TaskState.DOWNLOADED).size() >= 3);
      assertThat(cluster.control("cancel").state()).isEqualTo(JobState.DONE);
      for (AgentProcess agent : List.of(sender, receiver)) {
        Cluster.assertEnds(agent, 1);
        assertThat(agent.stdout()).contains(" was cancelled: ");
      }
      assertThat(cluster.files())
          .extracting(FileStatus::state)
          .contains(FileState.FAILED)
          .containsOnly(FileState.FAILED, FileState.DONE);
    }
  }

  private static void awaitLive(Cluster cluster, String name) {
    await()
        .atMost(WAIT)
        .until(
            () -> cluster.status().agents().stream().map(AgentStatus::name).anyMatch(name::equals));
  }

  private static List<String> send(DataSet data, String... more) {
    return MainJobIT.send(data, more);
  }

  private static AgentProcess sender(
      Cluster cluster, String name, DataSet data, HoldingStore store, String drainTimeout) {
    return cluster.agent(
        name,
        "send",
        config -> StealIT.withSources(config.put("endpoint", store.endpoint().toString()), data),
        MainJobIT.send(
            data,
            "--transfers",
            Integer.toString(HELD),
            "--no-mount",
            "--drain-timeout",
            drainTimeout));
  }

  private static Set<String> senders(Cluster cluster) {
    return cluster.tasks(null).stream().map(TaskStatus::sender).collect(Collectors.toSet());
  }

  private static Set<String> ids(List<TaskStatus> tasks) {
    return tasks.stream().map(TaskStatus::taskId).collect(Collectors.toSet());
  }
}
