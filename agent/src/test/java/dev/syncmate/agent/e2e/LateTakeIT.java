// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.AgentStatus;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are handed out to an agent which never learns of it. */
class LateTakeIT {
  /** Long enough to be renewed on a busy machine: a session that is lost would give them back. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void job_takesOfALivingReceiverExecuteLate_theirFilesAreOfferedAgainAndItEnds() {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 7);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      await().atMost(WAIT).until(() -> !cluster.status().agents().isEmpty());
      String session = receiverOf(cluster).sessionId();
      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      Set<String> late = new HashSet<>();
      await()
          .atMost(WAIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                cluster.takePlacing(session).forEach(file -> late.add(file.fileId()));
                return late.size() >= 2;
              });

      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();
      assertThat(cluster.tasks(null))
          .allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskState.DOWNLOADED))
          .allSatisfy(task -> assertThat(task.attempts()).isZero());
      assertThat(receiver.stderr()).doesNotContain("session.lost");
    }
  }

  private static AgentStatus receiverOf(Cluster cluster) {
    return cluster.status().agents().stream()
        .filter(agent -> agent.role() == Role.RECV)
        .findFirst()
        .orElseThrow();
  }
}
