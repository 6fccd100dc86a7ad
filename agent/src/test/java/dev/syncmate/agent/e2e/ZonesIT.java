// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two zones; an agent that is local to each, and one that reaches both over the network. */
class ZonesIT {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void zones_localAgentsLive_keepTheirWorkAndTheThirdTakesADeadOnesZone() {
    DataSet data = DataSet.make(folder.resolve("data"), "256MiB", 17);
    List<String> recv = WindowIT.args("recv", data, "-D", MainJobIT.dest(data));
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess first = zoneAgent(cluster, data, "local1", Map.of("/da2_data", "none"));
      AgentProcess second = zoneAgent(cluster, data, "local2", Map.of("/da1_data", "none"));
      await().atMost(WAIT).until(() -> ready(first) && ready(second));
      // Submits the job; without a receiver the window then keeps most of the work for later.
      AgentProcess submitting = cluster.receiver("submitting", recv);
      await().atMost(WAIT).until(() -> senders(cluster).containsAll(List.of("local1", "local2")));
      submitting.kill9();
      AgentProcess third =
          zoneAgent(cluster, data, "far", Map.of("/da1_data", "network", "/da2_data", "network"));
      await().atMost(WAIT).until(() -> third.stderr().contains("why=NOT_REACHABLE"));

      AgentProcess receiver = cluster.receiver("receiver", recv);
      await()
          .atMost(WAIT)
          .until(() -> cluster.tasks(TaskState.DOWNLOADED).size() >= 4 && holds(cluster, "local1"));
      assertThat(senders(cluster)).containsExactlyInAnyOrder("local1", "local2");
      first.kill9();

      Cluster.assertEnds(receiver, 0);
      data.verify();
      Map<String, String> zones = zones(cluster);
      Map<String, Set<String>> workers =
          cluster.tasks(null).stream()
              .collect(
                  Collectors.groupingBy(
                      task -> zones.get(task.fileId()),
                      Collectors.mapping(TaskStatus::sender, Collectors.toSet())));
      assertThat(workers.get("/da1_data")).containsExactlyInAnyOrder("local1", "far");
      assertThat(workers.get("/da2_data")).containsExactly("local2");
      second.terminate();
      third.terminate();
      Cluster.assertEnds(second, 0);
      Cluster.assertEnds(third, 0);
    }
  }

  private static AgentProcess zoneAgent(
      Cluster cluster, DataSet data, String name, Map<String, String> costs) {
    return cluster.agent(
        name,
        "send",
        config -> {
          var paths = config.putObject("paths");
          for (String host : List.of("da1_data", "da2_data")) {
            paths.put("/" + host, MainJobIT.sources(data).resolve(host).toString());
          }
          var zones = config.putObject("zones");
          costs.forEach(zones::put);
          return config;
        },
        List.of("-vv", "--role", "send", "--transfers", "2", "--no-mount"));
  }

  private static boolean ready(AgentProcess agent) {
    return agent.stderr().contains("works as send");
  }

  private static boolean holds(Cluster cluster, String sender) {
    return cluster.tasks(TaskState.UPLOADING).stream()
        .anyMatch(task -> sender.equals(task.sender()));
  }

  private static Set<String> senders(Cluster cluster) {
    return cluster.tasks(null).stream()
        .map(TaskStatus::sender)
        .filter(java.util.Objects::nonNull)
        .collect(Collectors.toSet());
  }

  private static Map<String, String> zones(Cluster cluster) {
    return cluster.files().stream()
        .collect(
            Collectors.toMap(
                FileStatus::fileId,
                file -> file.sourcePath().substring(0, file.sourcePath().indexOf('/', 1))));
  }
}
