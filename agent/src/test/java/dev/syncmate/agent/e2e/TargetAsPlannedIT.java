// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies at a target and is not what the plan saw there is kept, and said. */
class TargetAsPlannedIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final String NEW_MAP = "basemaps/c2pFullU.0.tch";
  private static final String SHARD = "All.sha1c/commit_0.tch";

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(18);
  private Path src;
  private Path dst;

  @BeforeEach
  void makeFolders() throws IOException {
    src = Files.createDirectories(folder.resolve("src"));
    dst = Files.createDirectories(folder.resolve("dst"));
    write(src.resolve(NEW_MAP), 300_000);
    write(src.resolve(SHARD), 200_000);
  }

  @Test
  void job_somebodyWroteWhereThePlanSawNothing_keepsItPlacesTheOthersAndExitsWith1()
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("first");
      somebodyWrites();
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      AgentProcess receiver =
          cluster.receiver("receiver", args("recv", pair, "-D", dst.toString()));
      Cluster.assertEnds(sender, 1);
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr()).contains("failed: ").contains("nothing there, as planned");
      assertKept();
    }
  }

  @Test
  void skipDb_somebodyWroteWhereThePlanSawNothing_keepsItPlacesTheOthersAndExitsWith1()
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("first");
      somebodyWrites();
      AgentProcess sender = cluster.sender("sender", src, args("send", pair, "--skip-db"));
      Cluster.assertEnds(sender, 0);
      AgentProcess receiver =
          cluster.receiver(
              "receiver", args("recv", pair, "--skip-db", "--once", "-D", dst.toString()));
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr()).contains("nothing there, as planned");
      assertKept();
    }
  }

  @Test
  void job_pausedWhileALaterPlanPublishesVersion2_doesNotBringVersion1Back() throws Exception {
    Files.createDirectories(dst.resolve(SHARD).getParent());
    write(dst.resolve(SHARD), 100_000);
    Files.delete(src.resolve(NEW_MAP));
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> first = pair("first");
      AgentProcess sender = cluster.sender("first-send", src, args("send", first));
      String job = uploaded(cluster);
      cluster.control(job, "pause");
      sender.kill9();

      write(src.resolve(SHARD), 250_000);
      List<String> second = pair("second");
      AgentProcess sender2 = cluster.sender("second-send", src, args("send", second));
      AgentProcess receiver2 = cluster.receiver("second-recv", args("recv", second));
      Cluster.assertEnds(sender2, 0);
      Cluster.assertEnds(receiver2, 0);
      assertThat(dst.resolve(SHARD)).hasSameBinaryContentAs(src.resolve(SHARD));

      cluster.control(job, "resume");
      AgentProcess receiver = cluster.receiver("first-recv", args("recv", first));
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr()).contains("failed: ").contains("100000 bytes, ");
      assertThat(dst.resolve(SHARD)).hasSameBinaryContentAs(src.resolve(SHARD));
    }
  }

  /** The only job, once all of it lies in the bucket. */
  private static String uploaded(Cluster cluster) {
    await()
        .atMost(WAIT)
        .until(
            () ->
                cluster.status().jobs().stream()
                    .anyMatch(job -> job.tasks().uploaded().count() == 1));
    return cluster.status().jobs().get(0).jobId();
  }

  private void somebodyWrites() throws IOException {
    Files.createDirectories(dst.resolve(NEW_MAP).getParent());
    Files.writeString(dst.resolve(NEW_MAP), "somebody's only copy");
  }

  private void assertKept() {
    assertThat(dst.resolve(NEW_MAP)).hasContent("somebody's only copy");
    assertThat(dst.resolve(SHARD)).hasSameBinaryContentAs(src.resolve(SHARD));
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  /** The profiles of both folders as they are now. */
  private List<String> pair(String name) {
    return List.of(
        "-s", profile(name + "-src", src).toString(), "-d", profile(name + "-dst", dst).toString());
  }

  private Path profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args = List.of("profile", "--with-digest", "-o", file.toString(), root.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, name, args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file;
  }

  private void write(Path file, int size) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }
}
