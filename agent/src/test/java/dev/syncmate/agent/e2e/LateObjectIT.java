// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.HoldingStore;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.MemorySource;
import dev.syncmate.schema.TaskState;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PUT whose answer was lost lands when all is over, and real processes. */
class LateObjectIT {
  /** What was cut off may come for three of them: longer than the job takes on a busy machine. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void putThatLandsAfterItsJobIsDone_isGoneWhenTheLastReceiverEnds() throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 15);
    Vertx vertx = Vertx.vertx();
    try (HoldingStore stuck = new HoldingStore();
        Cluster cluster = Cluster.start(folder, LEASE);
        ObjectStore bucket = open(vertx, cluster.stack())) {
      AgentProcess lost =
          cluster.agent(
              "lost",
              "send",
              config ->
                  StealIT.withSources(config.put("endpoint", stuck.endpoint().toString()), data),
              MainJobIT.send(data, "--transfers", "1", "--no-mount"));
      await().atMost(WAIT).until(() -> stuck.held() == 1);
      String lostKey = cluster.tasks(TaskState.UPLOADING).get(0).objectKey();
      lost.kill9();
      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      Cluster.assertEnds(sender, 0);
      await().atMost(WAIT).until(() -> receiver.stderr().contains("all files are done; waiting"));
      // Each attempt has a key of its own, and so has none of those that arrived.
      assertThat(cluster.tasks(null))
          .allSatisfy(task -> assertThat(task.objectKey()).isNotEqualTo(lostKey));
      MemorySource late = new MemorySource("late", new byte[1000]);
      bucket.put(lostKey, late, new Cancellation()).await();

      Cluster.assertEnds(receiver, 0);
      assertThat(bucket.list("", null).await().objects()).isEmpty();
      data.verify();
    } finally {
      vertx.close().await();
    }
  }

  private static ObjectStore open(Vertx vertx, LocalStack stack) {
    return S3ObjectStore.open(
        vertx,
        new S3Config(
            stack.s3Endpoint(),
            stack.region(),
            stack.bucket(),
            stack.accessKey(),
            stack.secretKey(),
            4));
  }
}
