// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeoverIT {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void kill9_senderAndReceiverInMidRun_othersTakeOverAndNothingDownloadedMovesAgain() {
    DataSet data = DataSet.make(folder.resolve("data"), "192MiB", 3);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      // Alone at first, so that both surely hold leases when they die.
      AgentProcess doomedSender =
          cluster.sender(
              "doomed-sender", MainJobIT.sources(data), MainJobIT.send(data, "--transfers", "2"));
      AgentProcess doomedReceiver =
          cluster.receiver("doomed-receiver", MainJobIT.recv(data, "--transfers", "2"));
      await().atMost(WAIT).until(() -> areCaughtAtWork(cluster, doomedSender, doomedReceiver));
      doomedSender.kill9();
      doomedReceiver.kill9();

      Map<String, Long> settled = epochs(cluster.tasks(TaskState.DOWNLOADED));
      List<TaskStatus> orphans = cluster.tasks(TaskState.UPLOADING);
      assertThat(settled).isNotEmpty();
      assertThat(orphans).isNotEmpty();

      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();

      Map<String, Long> after = epochs(cluster.tasks(null));
      assertThat(after).containsAllEntriesOf(settled);
      assertThat(orphans)
          .allSatisfy(
              task -> assertThat(after.get(task.taskId())).isGreaterThan(task.leaseEpoch()));
      assertThat(cluster.tasks(null)).allMatch(task -> task.state() == TaskState.DOWNLOADED);
    }
  }

  /** Frozen, so that they still hold what they held when they die. */
  private static boolean areCaughtAtWork(
      Cluster cluster, AgentProcess sender, AgentProcess receiver) {
    if (cluster.tasks(TaskState.DOWNLOADED).size() < 3) {
      return false;
    }
    sender.freeze();
    receiver.freeze();
    if (holds(cluster, TaskState.UPLOADING) && holds(cluster, TaskState.DOWNLOADING)) {
      return true;
    }
    sender.thaw();
    receiver.thaw();
    return false;
  }

  private static boolean holds(Cluster cluster, TaskState state) {
    return !cluster.tasks(state).isEmpty();
  }

  private static Map<String, Long> epochs(List<TaskStatus> tasks) {
    return tasks.stream().collect(Collectors.toMap(TaskStatus::taskId, TaskStatus::leaseEpoch));
  }
}
