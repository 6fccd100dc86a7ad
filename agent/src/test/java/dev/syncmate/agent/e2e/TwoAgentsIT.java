// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.fuse.FuseSupport;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.HoldingStore;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents of one role on one host: the same default mount folder, the same --cache-dir. */
class TwoAgentsIT {
  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final int TRANSFERS = 2;

  @TempDir Path folder;

  @Test
  void senders_oneKilled9_theOthersMountStaysAndTheNextStartClearsTheDeadOnes() throws Exception {
    Optional<String> absent = FuseSupport.check(FuseVersion.AUTO);
    Assumptions.assumeTrue(absent.isEmpty(), () -> "no FUSE here: " + absent.orElseThrow());
    DataSet data = DataSet.make(folder.resolve("data"), "16MiB", 9);
    try (HoldingStore store = new HoldingStore();
        Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess doomed = sender(cluster, store, data, "doomed");
      await().atMost(WAIT).until(() -> store.held() == TRANSFERS);
      AgentProcess living = sender(cluster, store, data, "living");
      await().atMost(WAIT).until(() -> store.held() == 2 * TRANSFERS);
      assertThat(mounts(doomed)).hasSize(1);
      assertShows(cluster, data, living);

      doomed.kill9();
      assertShows(cluster, data, living);

      AgentProcess next = sender(cluster, store, data, "next");
      await().atMost(WAIT).until(() -> store.held() >= 3 * TRANSFERS);
      assertThat(mounts(doomed)).isEmpty();
      assertShows(cluster, data, next);
      assertShows(cluster, data, living);

      store.release();
      living.terminate();
      next.terminate();
      Cluster.assertEnds(living, 0);
      Cluster.assertEnds(next, 0);
      assertThat(mounts(living)).isEmpty();
      assertThat(mounts(next)).isEmpty();
    }
  }

  @Test
  void receivers_oneCacheDirAndOneKilled9_theOtherGoesOnAndEveryByteIsRight() {
    DataSet data = DataSet.make(folder.resolve("data"), "64MiB", 13);
    String[] shared = {"--cache-dir", folder.resolve("cache").toString(), "--transfers", "2"};
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      AgentProcess doomed = cluster.receiver("doomed", MainJobIT.recv(data, shared));
      AgentProcess living = cluster.receiver("living", MainJobIT.recv(data, shared));
      await()
          .atMost(WAIT)
          .until(() -> List.of("doomed", "living").stream().allMatch(receivers(cluster)::contains));
      doomed.kill9();
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(living, 0);
      data.verify();
    }
  }

  private static List<String> receivers(Cluster cluster) {
    return cluster.tasks(TaskState.DOWNLOADED).stream().map(TaskStatus::receiver).toList();
  }

  private static AgentProcess sender(
      Cluster cluster, HoldingStore store, DataSet data, String name) {
    return cluster.agent(
        name,
        "send",
        config -> StealIT.withSources(config.put("endpoint", store.endpoint().toString()), data),
        MainJobIT.send(data, "--transfers", Integer.toString(TRANSFERS), "--slice-io", "mount"));
  }

  /** Where agents mount unless they are told otherwise; each in a folder named by its process. */
  private static List<Path> mounts(AgentProcess agent) throws IOException {
    Path base =
        Path.of(
            System.getProperty("java.io.tmpdir"), "syncmate-" + System.getProperty("user.name"));
    return LeasedSlicesMountIT.list(base).stream()
        .filter(mount -> mount.getFileName().toString().startsWith("syncmate-" + agent.pid() + "-"))
        .toList();
  }

  /** Its mount has as many slices as it sends, and each has the bytes that it should. */
  private static void assertShows(Cluster cluster, DataSet data, AgentProcess agent)
      throws Exception {
    List<Path> mounts = mounts(agent);
    assertThat(mounts).hasSize(1);
    Map<String, Long> shown = LeasedSlicesMountIT.sizes(mounts.get(0));
    assertThat(shown).hasSize(TRANSFERS);
    Map<String, TaskStatus> leased =
        cluster.tasks(null).stream()
            .filter(task -> shown.containsKey(task.virtualPath()))
            .collect(Collectors.toMap(TaskStatus::virtualPath, task -> task));
    assertThat(LeasedSlicesMountIT.sums(mounts.get(0)))
        .isEqualTo(LeasedSlicesMountIT.expectedSums(data, leased));
  }
}
