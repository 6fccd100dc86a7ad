// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.HoldingStore;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StealIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final int HELD = 2;

  @TempDir Path folder;

  @Test
  void sender_liveButStuck_losesItsTasksToAnIdleOneAndTheRunEndsRight() throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 13);
    LocalStack.Options soon =
        Cluster.options(LEASE).with("steal-min-ms", 500).with("steal-factor", 1);
    try (HoldingStore stuck = new HoldingStore();
        Cluster cluster = Cluster.start(folder, soon)) {
      // Its heartbeats go on; its uploads are never answered.
      AgentProcess slow =
          cluster.agent(
              "slow",
              "send",
              config -> withSources(config.put("endpoint", stuck.endpoint().toString()), data),
              MainJobIT.send(data, "--transfers", Integer.toString(HELD), "--no-mount"));
      await().atMost(WAIT).until(() -> stuck.held() == HELD);
      List<TaskStatus> taken = cluster.tasks(TaskState.UPLOADING);
      assertThat(taken).hasSize(HELD);

      AgentProcess idle = cluster.sender("idle", MainJobIT.sources(data), MainJobIT.send(data));
      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      Cluster.assertEnds(idle, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();

      assertThat(slow.alive() || slow.waitForExit() == 0).isTrue();
      assertThat(cluster.tasks(null))
          .filteredOn(task -> taken.stream().anyMatch(t -> t.taskId().equals(task.taskId())))
          .hasSize(HELD)
          .allSatisfy(task -> assertThat(task.sender()).isEqualTo("idle"))
          .allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskState.DOWNLOADED));
    }
  }

  static ObjectNode withSources(ObjectNode config, DataSet data) {
    config
        .putObject("paths")
        .put("/da1_data", MainJobIT.sources(data).resolve("da1_data").toString())
        .put("/da2_data", MainJobIT.sources(data).resolve("da2_data").toString());
    return config;
  }
}
