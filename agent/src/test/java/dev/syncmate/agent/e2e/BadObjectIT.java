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
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.MemorySink;
import dev.syncmate.agent.testing.MemorySource;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadObjectIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void object_byteFlippedAndAnotherGone_areSentAgainAndTheRunEndsRight() throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 5);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      await().atMost(WAIT).until(() -> allUploaded(cluster));
      List<TaskStatus> uploaded =
          cluster.tasks(TaskState.UPLOADED).stream()
              .filter(task -> task.lengthBytes() > 1000)
              .toList();
      TaskStatus flipped = uploaded.get(0);
      TaskStatus gone = uploaded.get(1);
      damage(cluster.stack(), flipped, gone);

      AgentProcess receiver = cluster.receiver("receiver", MainJobIT.recv(data));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      data.verify();

      assertThat(cluster.tasks(null))
          .filteredOn(task -> List.of(flipped.taskId(), gone.taskId()).contains(task.taskId()))
          .hasSize(2)
          .allSatisfy(task -> assertThat(task.attempts()).isEqualTo(1))
          .allSatisfy(
              task -> assertThat(task.objectKey()).isNotIn(flipped.objectKey(), gone.objectKey()));
      assertThat(receiver.stderr()).contains("sha256 is").contains(flipped.objectKey());
    }
  }

  private static boolean allUploaded(Cluster cluster) {
    var status = cluster.status();
    return status.files().unresolved().count() == 0
        && status.tasks().uploaded().count() > 0
        && status.tasks().pending().count() + status.tasks().uploading().count() == 0;
  }

  private static void damage(LocalStack stack, TaskStatus flipped, TaskStatus gone)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ObjectStore store =
        S3ObjectStore.open(
            vertx,
            new S3Config(
                stack.s3Endpoint(),
                stack.region(),
                stack.bucket(),
                stack.accessKey(),
                stack.secretKey(),
                4))) {
      MemorySink sink = new MemorySink("damaged", Math.toIntExact(flipped.lengthBytes()));
      store
          .get(flipped.objectKey(), sink, new Cancellation())
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
      byte[] bytes = sink.content();
      bytes[bytes.length / 2] ^= 1;
      store
          .put(flipped.objectKey(), new MemorySource("damaged", bytes), new Cancellation())
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
      store
          .delete(List.of(gone.objectKey()))
          .toCompletionStage()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    } finally {
      vertx.close();
    }
  }
}
