// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.TaskStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigFileIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final long SIZE_BYTES = 1L << 30;
  private static final int BLOCK_BYTES = 1 << 20;

  @TempDir Path folder;

  @Test
  void file_oneGiB_isSentByTwoAgentsAtOnceAndReceivedMeanwhile() throws Exception {
    Path source = folder.resolve("src/da1_data/All.sha1c/commit_0.tch");
    writeFile(source);
    Path dest = Files.createDirectories(folder.resolve("dst"));
    Path from = profile("src.json", source);
    Path to = profile("dst.json", null);
    List<String> pair =
        List.of("-s", from.toString(), "-d", to.toString(), "--slice-size", "16MiB");
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> joining = List.of("--role", "send", "--transfers", "2");
      AgentProcess joined = cluster.sender("joined", folder.resolve("src"), joining);
      AgentProcess receiver =
          cluster.receiver("receiver", args("recv", pair, "-D", dest.toString()));
      AgentProcess sender =
          cluster.sender(
              "submitting", folder.resolve("src"), args("send", pair, "--transfers", "2"));

      await().atMost(WAIT).until(() -> receivedWhileSent(cluster));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      joined.terminate();
      Cluster.assertEnds(joined, 0);

      List<TaskStatus> tasks = cluster.tasks(null);
      assertThat(tasks).hasSize((int) (SIZE_BYTES >> 24));
      assertThat(tasks).extracting(TaskStatus::sender).contains("joined", "submitting");
      assertThat(Files.mismatch(source, dest.resolve("All.sha1c/commit_0.tch"))).isEqualTo(-1);
    }
  }

  private static boolean receivedWhileSent(Cluster cluster) {
    var tasks = cluster.status().tasks();
    return tasks.downloaded().count() > 0 && tasks.pending().count() > 0;
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new java.util.ArrayList<>(List.of(command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  private static void writeFile(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    SplittableRandom random = new SplittableRandom(11);
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long written = 0; written < SIZE_BYTES; written += BLOCK_BYTES) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }

  private Path profile(String name, Path file) throws IOException {
    String objects =
        file == null
            ? ""
            : """
              "commit.tch": {"sharding_bits": 0, "shards": [{"path": "/da1_data/All.sha1c/commit_0.tch",
               "size": %d, "digest": "%s"}]}
              """
                .formatted(SIZE_BYTES, SampleDigest.of(file));
    return Files.writeString(
        folder.resolve(name),
        "{\"wocSchemaVersion\": 2, \"maps\": {}, \"objects\": {%s}}".formatted(objects));
  }
}
