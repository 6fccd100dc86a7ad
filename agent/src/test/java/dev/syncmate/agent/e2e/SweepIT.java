// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.MemorySource;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects in the bucket that no row knows, and real processes. */
class SweepIT {
  /** A sweep is asked for once a lease; what it may delete is two leases old. */
  private static final Duration LEASE = Duration.ofSeconds(2);

  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void strayObjects_ofTheJob_vanishWhileOthersAndLiveOnesStay() throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 5);
    Vertx vertx = Vertx.vertx();
    try (Cluster cluster = Cluster.start(folder, LEASE);
        ObjectStore bucket = open(vertx, cluster.stack())) {
      claim(cluster, data);
      AgentProcess sender = cluster.sender("sender", MainJobIT.sources(data), MainJobIT.send(data));
      await().atMost(WAIT).until(() -> uploaded(cluster).size() > 2);
      String live = uploaded(cluster).get(0).objectKey();
      String prefix = live.substring(0, live.indexOf('/') + 1);
      String file = live.substring(prefix.length(), live.indexOf('/', prefix.length()) + 1);
      // An epoch of long ago, and a file that there is not: nobody has them, nor will.
      String stray = prefix + file + "0.900";
      String unknownFile = prefix + "123456/0.1";
      Set<String> others =
          Set.of(prefix + "notes.txt", prefix + file + "0.900.part", "ffffffffffffffff/1/0.1");
      for (String key : List.of(stray, unknownFile)) {
        put(bucket, key);
      }
      for (String key : others) {
        put(bucket, key);
      }

      AgentProcess receiver = cluster.receiver("resident", resident(data));
      Cluster.assertEnds(sender, 0);
      await().atMost(WAIT).until(() -> keys(bucket).equals(others));
      data.verify();
      assertThat(cluster.tasks(null))
          .allSatisfy(task -> assertThat(task.state()).isEqualTo(TaskState.DOWNLOADED))
          .allSatisfy(task -> assertThat(task.attempts()).isZero());
      assertThat(receiver.stderr()).contains("garbage.swept job=");
    } finally {
      vertx.close();
    }
  }

  /** Says whose the job is, and goes before there is anything to receive. */
  private static void claim(Cluster cluster, DataSet data) {
    AgentProcess claimer = cluster.receiver("claimer", MainJobIT.recv(data));
    await().atMost(WAIT).until(() -> claimer.stderr().contains("is for destination"));
    claimer.terminate();
    Cluster.assertEnds(claimer, 0);
  }

  /** Stays when the job is done: the last sweep comes three leases later. */
  static List<String> resident(DataSet data) {
    return List.of(
        "-v", "--role", "recv", "-D", MainJobIT.dest(data), "--target-root", MainJobIT.dst(data));
  }

  private static List<TaskStatus> uploaded(Cluster cluster) {
    return cluster.tasks(TaskState.UPLOADED);
  }

  static ObjectStore open(Vertx vertx, LocalStack stack) {
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

  private static void put(ObjectStore bucket, String key) throws Exception {
    get(bucket.put(key, new MemorySource("stray", new byte[] {1, 2, 3}), new Cancellation()));
  }

  static Set<String> keys(ObjectStore bucket) throws Exception {
    return new HashSet<>(
        get(bucket.list("", null)).objects().stream().map(ObjectInfo::key).toList());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
