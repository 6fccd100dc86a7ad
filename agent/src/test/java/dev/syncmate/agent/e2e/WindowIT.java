// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/nightly window} moves 1 GiB, with receivers that come 30 s late. */
class WindowIT {
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final Duration WAIT = Duration.ofSeconds(180);
  private static final long WINDOW_BYTES = 64L << 20;
  private static final long SLICE_BYTES = 5L << 20;
  private static final String SIZE =
      Objects.requireNonNullElse(System.getenv("SYNCMATE_WINDOW_IT_SIZE"), "256MiB");
  private static final Duration LATE =
      Duration.ofSeconds(
          Long.parseLong(
              Objects.requireNonNullElse(System.getenv("SYNCMATE_WINDOW_IT_LATE_SECONDS"), "0")));

  @TempDir Path folder;

  @Test
  void window_receiversLateAndASenderKilledTwice_isNeverPassedAndTheRunEndsRight() {
    DataSet data = DataSet.make(folder.resolve("data"), SIZE, 13);
    try (Cluster cluster = Cluster.start(folder, LEASE);
        BucketSampler bucket = new BucketSampler(cluster.stack())) {
      long startedNanos = System.nanoTime();
      AgentProcess first = sender(cluster, data, "first");
      await().atMost(WAIT).until(() -> uploadingBehind(cluster, TaskState.UPLOADED, 1));
      first.kill9();

      AgentProcess second = sender(cluster, data, "second");
      await().atMost(WAIT).until(() -> second.stderr().contains("WINDOW_FULL"));
      await().atMost(WAIT).until(() -> bucket.peakBytes() > WINDOW_BYTES / 2);
      await().atMost(WAIT).until(() -> System.nanoTime() - startedNanos >= LATE.toNanos());
      assertThat(cluster.tasks(TaskState.DOWNLOADED)).isEmpty();

      AgentProcess receiver = cluster.receiver("receiver", args("recv", data, "-D", dest(data)));
      await().atMost(WAIT).until(() -> uploadingBehind(cluster, TaskState.DOWNLOADED, 4));
      second.kill9();

      AgentProcess third = sender(cluster, data, "third");
      Cluster.assertEnds(third, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();
      assertThat(bucket.failure()).isEmpty();
      assertThat(bucket.samples()).isGreaterThan(20);
      assertThat(bucket.peakBytes()).isBetween(WINDOW_BYTES / 2, WINDOW_BYTES);
    }
  }

  /** Something is being uploaded while so many tasks are in the state. */
  private static boolean uploadingBehind(Cluster cluster, TaskState state, int tasks) {
    return cluster.tasks(state).size() >= tasks && !cluster.tasks(TaskState.UPLOADING).isEmpty();
  }

  private static AgentProcess sender(Cluster cluster, DataSet data, String name) {
    return cluster.sender(name, MainJobIT.sources(data), args("send", data, "--transfers", "4"));
  }

  private static String dest(DataSet data) {
    return MainJobIT.dest(data);
  }

  static List<String> args(String command, DataSet data, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "-vv",
                command,
                "-s",
                data.sourceProfile().toString(),
                "-d",
                data.destinationProfile().toString(),
                "--slice-size",
                Long.toString(SLICE_BYTES),
                "--window",
                Long.toString(WINDOW_BYTES)));
    args.addAll(List.of(more));
    return args;
  }
}
