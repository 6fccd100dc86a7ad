// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.MemorySource;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code send} and {@code recv --skip-db} as processes; their configuration has no coordinator. */
class SkipDbIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;
  private DataSet data;
  private Cluster cluster;
  private Vertx vertx;
  private ObjectStore bucket;

  @BeforeEach
  void start() {
    data = DataSet.make(folder.resolve("data"), "8MiB", 9);
    cluster = Cluster.start(folder, Duration.ofSeconds(30));
    vertx = Vertx.vertx();
    LocalStack stack = cluster.stack();
    bucket =
        S3ObjectStore.open(
            vertx,
            new S3Config(
                stack.s3Endpoint(),
                stack.region(),
                stack.bucket(),
                stack.accessKey(),
                stack.secretKey(),
                4));
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      bucket.close();
      vertx.close().await();
      cluster.close();
    }
  }

  @Test
  void sendOnTwoHostsAndRecv_atOnce_everyByteRightAndASecondRecvMovesNothing() {
    AgentProcess receiver = recv("receiver");
    AgentProcess one = send("one", List.of("da1_data"));
    AgentProcess two = send("two", List.of("da2_data"));
    Cluster.assertEnds(one, 0);
    Cluster.assertEnds(two, 0);
    Cluster.assertEnds(receiver, 0);

    data.verify();
    assertThat(one.stderr())
        .contains("warning: --skip-db: no SHA-256 travels with the objects")
        .contains("left out: /da2_data/");
    assertThat(receiver.stdout()).startsWith("placed 26 files").endsWith("0 failed\n");
    assertThat(objects()).isEmpty();

    AgentProcess again = recv("again");
    Cluster.assertEnds(again, 0);
    assertThat(again.stdout())
        .isEqualTo("nothing to transfer: 26 files are at the destination already\n");
    data.verify();
  }

  @Test
  void sendAndRecv_killedInTheMiddle_goOnWhenRunAgain() {
    AgentProcess killedSender = sendAll("killed-sender", "--transfers", "1");
    await().atMost(SOON).until(() -> killedSender.stderr().contains("sent: "));
    killedSender.kill9();
    AgentProcess sender = sendAll("sender", "--json");
    Cluster.assertEnds(sender, 0);
    assertThat(sender.stdout()).contains("\"failed\":0").doesNotContain("\"there_before\":0");

    AgentProcess killedReceiver = recv("killed-receiver", "--transfers", "1");
    await().atMost(SOON).until(() -> killedReceiver.stderr().contains("placed: "));
    killedReceiver.kill9();
    AgentProcess receiver = recv("receiver");
    Cluster.assertEnds(receiver, 0);
    data.verify();
    assertThat(objects()).isEmpty();
  }

  @Test
  void sendAndRecv_stoppedBySignals_exitAsDocumentedAndGoOnWhenRunAgain() {
    AgentProcess interrupted = sendAll("interrupted", "--transfers", "1");
    awaitLine(interrupted, "sent: ");
    interrupted.interrupt();
    Cluster.assertEnds(interrupted, 130);
    AgentProcess sender = sendAll("sender", "--json");
    Cluster.assertEnds(sender, 0);
    assertThat(sender.stdout()).contains("\"failed\":0").doesNotContain("\"there_before\":0");

    AgentProcess terminated = recv("terminated", "--transfers", "1");
    awaitLine(terminated, "placed: ");
    terminated.terminate();
    Cluster.assertEnds(terminated, 1);
    for (AgentProcess stopped : List.of(interrupted, terminated)) {
      assertThat(stopped.stderr())
          .contains("stopping: what is under way is dropped; the next run goes on from here")
          .doesNotContain("\tat ");
    }
    AgentProcess receiver = recv("receiver");
    Cluster.assertEnds(receiver, 0);
    assertThat(receiver.stdout()).doesNotContain("placed 26 files");
    data.verify();
    assertThat(objects()).isEmpty();
  }

  /** The first of 26 files: the others are still to come. */
  private static void awaitLine(AgentProcess agent, String text) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> agent.stderr().contains(text));
  }

  @Test
  void recv_objectsDamaged_areNeverPlacedAndKeptUntilTheyAreSentAgain() {
    Cluster.assertEnds(sendAll("sender"), 0);
    String shortened = key("commit_0.tch");
    String zeroed = key("commit_1.tch.offset.");
    put(shortened, new byte[100]);
    put(zeroed, new byte[Math.toIntExact(size(zeroed))]);

    AgentProcess receiver = recv("receiver", "--once");
    Cluster.assertEnds(receiver, 1);
    assertThat(receiver.stdout()).contains("1 are not in the bucket, 1 failed");
    assertThat(receiver.stderr())
        .contains("skipped: object " + shortened + " has 100 bytes")
        .contains("failed: " + zeroed + ": ")
        .contains("sample digest")
        .doesNotContain("\tat ");
    assertThat(objects()).extracting(ObjectInfo::key).containsExactlyInAnyOrder(shortened, zeroed);

    Cluster.assertEnds(sendAll("sender-again", "--overwrite"), 0);
    AgentProcess receiverAgain = recv("receiver-again");
    Cluster.assertEnds(receiverAgain, 0);
    assertThat(receiverAgain.stdout()).startsWith("placed 2 files");
    data.verify();
    assertThat(objects()).isEmpty();
  }

  private AgentProcess sendAll(String name, String... more) {
    return send(name, List.of("da1_data", "da2_data"), more);
  }

  /** A sender on a host that has these of the sources. */
  private AgentProcess send(String name, List<String> here, String... more) {
    return cluster.agent(
        name,
        "send",
        config -> {
          ObjectNode paths = withoutCoordinator(config).putObject("paths");
          here.forEach(
              zone -> paths.put("/" + zone, MainJobIT.sources(data).resolve(zone).toString()));
          return config;
        },
        args("send", more));
  }

  private AgentProcess recv(String name, String... more) {
    List<String> args = args("recv", more);
    args.addAll(List.of("-D", MainJobIT.dest(data)));
    return cluster.agent(name, "recv", SkipDbIT::withoutCoordinator, args);
  }

  private static ObjectNode withoutCoordinator(ObjectNode config) {
    return config.without(List.of("coordinator_url", "coordinator_token"));
  }

  private List<String> args(String command, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                command,
                "--skip-db",
                "--poll-interval",
                "1",
                "-s",
                data.sourceProfile().toString(),
                "-d",
                data.destinationProfile().toString()));
    args.addAll(List.of(more));
    return args;
  }

  private List<ObjectInfo> objects() {
    return bucket.list("", null).await().objects();
  }

  private String key(String prefix) {
    return bucket.list(prefix, null).await().objects().get(0).key();
  }

  private long size(String key) {
    return bucket.head(key).await().orElseThrow().sizeBytes();
  }

  private void put(String key, byte[] content) {
    bucket.put(key, new MemorySource("damaged", content), new Cancellation()).await();
  }
}
