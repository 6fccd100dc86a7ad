// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainJobIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void job_twoSendersTwoReceivers_everyByteRightAndASecondRunMovesNothing() {
    DataSet data = DataSet.make(folder.resolve("data"), "24MiB", 7);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess joined = cluster.sender("s2", sources(data), List.of("--role", "send"));
      AgentProcess joinedReceiver =
          cluster.receiver(
              "r2", List.of("--role", "recv", "-D", dest(data), "--target-root", dst(data)));
      AgentProcess sender = cluster.sender("s1", sources(data), send(data));
      AgentProcess receiver = cluster.receiver("r1", recv(data));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();
      assertThat(sender.stdout()).contains("done: 26 files").contains("0 failed");
      assertThat(cluster.tasks(null)).allMatch(task -> task.state() == TaskState.DOWNLOADED);

      // Agents that only lease stay until they are told to leave, and then leave in order.
      assertThat(joined.alive()).isTrue();
      joined.terminate();
      joinedReceiver.terminate();
      Cluster.assertEnds(joined, 0);
      Cluster.assertEnds(joinedReceiver, 0);

      long epochs = cluster.tasks(null).stream().mapToLong(task -> task.leaseEpoch()).sum();
      AgentProcess again = cluster.sender("s3", sources(data), send(data));
      AgentProcess againReceiver = cluster.receiver("r3", recv(data));
      Cluster.assertEnds(again, 0);
      Cluster.assertEnds(againReceiver, 0);
      assertThat(again.stdout()).startsWith("nothing to transfer");
      assertThat(againReceiver.stdout()).startsWith("nothing to transfer");
      assertThat(cluster.tasks(null).stream().mapToLong(task -> task.leaseEpoch()).sum())
          .isEqualTo(epochs);
      assertThat(cluster.status().jobs().get(0).windowUsedBytes()).isZero();
      data.verify();
    }
  }

  static Path sources(DataSet data) {
    return data.folder().resolve("src");
  }

  static String dst(DataSet data) {
    return data.folder().resolve("dst").toString();
  }

  static String dest(DataSet data) {
    return data.folder().resolve("dst").resolve("da3_data").toString();
  }

  static List<String> send(DataSet data, String... more) {
    return args("send", data, more);
  }

  static List<String> recv(DataSet data, String... more) {
    List<String> args = args("recv", data, more);
    args.addAll(List.of("-D", dest(data)));
    return args;
  }

  private static List<String> args(String command, DataSet data, String... more) {
    List<String> args =
        new java.util.ArrayList<>(
            List.of(
                "-v",
                command,
                "-s",
                data.sourceProfile().toString(),
                "-d",
                data.destinationProfile().toString(),
                "--slice-size",
                "1MiB"));
    args.addAll(List.of(more));
    return args;
  }
}
