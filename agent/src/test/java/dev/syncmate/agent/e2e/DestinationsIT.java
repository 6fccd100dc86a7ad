// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.AgentState;
import dev.syncmate.schema.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several copies, X and Y, of one source on one coordinator: nothing is handed across. */
class DestinationsIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final String MAP = "basemaps/c2pFullU.0.tch";
  private static final String SHARD = "All.sha1c/commit_0.tch";
  private static final String GROWN = "All.blobs/blob_0.bin";
  private static final String ONLY_COPY = "Y's only copy";

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(11);
  private Path src;
  private Path x;
  private Path y;

  @BeforeEach
  void makeFolders() throws IOException {
    src = Files.createDirectories(folder.resolve("src"));
    x = Files.createDirectories(folder.resolve("x"));
    y = Files.createDirectories(folder.resolve("y"));
    write(src.resolve(MAP), 300_000);
    write(src.resolve(SHARD), 200_000);
    write(src.resolve(GROWN), 250_000);
    Files.createDirectories(x.resolve(GROWN).getParent());
    Files.write(x.resolve(GROWN), Arrays.copyOf(Files.readAllBytes(src.resolve(GROWN)), 100_000));
    Files.createDirectories(y.resolve(MAP).getParent());
    Files.writeString(y.resolve(MAP), ONLY_COPY);
  }

  @Test
  void job_ofX_receiversAtXAndY_liesAtXAndYIsUntouched() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess atY =
          receiver(cluster, "y", "y-fs", roleRecv("-D", y.toString(), "--target-root", text(x)));
      awaitLive(cluster, "y");
      List<String> pair = pair("x", x);
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      AgentProcess atX = receiver(cluster, "x", "x-fs", args("recv", pair, "-D", x.toString()));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(atX, 0);
      assertArrived(x);
      assertYIsUntouched();
      assertThat(sender.stderr()).contains("is for destination x-fs");
      atY.terminate();
      Cluster.assertEnds(atY, 0);
    }
  }

  @Test
  void jobs_ofXAndOfY_receiversSubmitFirst_eachCopyIsWhole() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pairX = pair("x", x);
      List<String> pairY = pair("y", y);
      AgentProcess atX = receiver(cluster, "x", "x-fs", args("recv", pairX, "-D", x.toString()));
      AgentProcess atY = receiver(cluster, "y", "y-fs", args("recv", pairY, "-D", y.toString()));
      awaitLive(cluster, "x");
      awaitLive(cluster, "y");
      AgentProcess toY = cluster.sender("toY", src, args("send", pairY));
      AgentProcess toX = cluster.sender("toX", src, args("send", pairX));
      for (AgentProcess agent : List.of(atX, atY, toX, toY)) {
        Cluster.assertEnds(agent, 0);
      }
      assertArrived(x);
      assertArrived(y);
    }
  }

  @Test
  void recv_atYOfXsPair_isRefusedWithNamesAndWhatToDo() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("x", x);
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      AgentProcess atX = receiver(cluster, "x", "x-fs", args("recv", pair, "-D", x.toString()));
      Cluster.assertEnds(atX, 0);
      Cluster.assertEnds(sender, 0);
      AgentProcess atY = receiver(cluster, "y", "y-fs", args("recv", pair, "-D", y.toString()));
      Cluster.assertEnds(atY, 1);
      assertThat(atY.stderr())
          .contains("for destination x-fs, this agent receives for y-fs")
          .contains("Run recv with a profile of y-fs", "set \"destination\"");
      assertYIsUntouched();
    }
  }

  @Test
  void job_thatOnlySendHasSubmitted_waitsAndSaysForWhat_thenAPlainNodeHelps() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("x", x);
      AgentProcess plain = receiver(cluster, "plain", "x-fs", roleRecv("-D", x.toString()));
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      await().atMost(WAIT).until(() -> cluster.status().tasks().uploaded().count() > 0);
      await().atMost(WAIT).until(() -> sender.stderr().contains("waits for its destination"));
      String table = run("status", "status", "-c", folder.resolve("plain.json").toString());
      assertThat(table).contains("no destination yet (waits for recv with its two profiles there)");
      assertThat(cluster.status().jobs()).extracting("state").doesNotContain(JobState.DONE);
      AgentProcess atX = receiver(cluster, "x", "x-fs", args("recv", pair, "-D", x.toString()));
      Cluster.assertEnds(atX, 0);
      Cluster.assertEnds(sender, 0);
      assertArrived(x);
      plain.terminate();
      Cluster.assertEnds(plain, 0);
    }
  }

  @Test
  void receivers_oneDefaultDomainAndDisksOfTheirOwn_theSecondIsRefused() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("x", x);
      AgentProcess first = byDefault(cluster, "first", args("recv", pair, "-D", x.toString()));
      awaitLive(cluster, "first");
      AgentProcess second = byDefault(cluster, "second", args("recv", pair, "-D", y.toString()));
      Cluster.assertEnds(second, 2);
      assertThat(second.stderr())
          .contains("(agent second)", "(first)", "have different folders")
          .contains("\"domain\"", "\"destination\"");
      AgentProcess joining = byDefault(cluster, "joining", roleRecv("-D", y.toString()));
      Cluster.assertEnds(joining, 2);
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      Cluster.assertEnds(first, 0);
      Cluster.assertEnds(sender, 0);
      assertArrived(x);
      assertYIsUntouched();
    }
  }

  @Test
  void receivers_oneDefaultDomainAndOneDisk_workTogether_butNotFromTwoCaches() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("x", x);
      AgentProcess joined = byDefault(cluster, "joined", roleRecv("-D", x.toString()));
      awaitLive(cluster, "joined");
      AgentProcess apart =
          byDefault(
              cluster, "apart", roleRecv("-D", x.toString(), "-C", text(folder.resolve("cache"))));
      Cluster.assertEnds(apart, 2);
      assertThat(apart.stderr()).contains("the same --dest-dir and --cache-dir");
      AgentProcess atX = byDefault(cluster, "atX", args("recv", pair, "-D", x.toString()));
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      Cluster.assertEnds(atX, 0);
      Cluster.assertEnds(sender, 0);
      assertArrived(x);
      joined.terminate();
      Cluster.assertEnds(joined, 0);
    }
  }

  private static AgentProcess receiver(
      Cluster cluster, String name, String domain, List<String> args) {
    return cluster.agent(name, "recv", config -> config.put("domain", domain), args);
  }

  private static AgentProcess byDefault(Cluster cluster, String name, List<String> args) {
    return cluster.agent(name, "recv", UnaryOperator.<ObjectNode>identity(), args);
  }

  private static void awaitLive(Cluster cluster, String name) {
    await()
        .atMost(WAIT)
        .until(
            () ->
                cluster.status().agents().stream()
                    .anyMatch(
                        agent -> agent.name().equals(name) && agent.state() == AgentState.LIVE));
  }

  private void assertArrived(Path copy) {
    for (String file : List.of(MAP, SHARD, GROWN)) {
      assertThat(copy.resolve(file)).hasSameBinaryContentAs(src.resolve(file));
    }
  }

  private void assertYIsUntouched() {
    assertThat(y.resolve(MAP)).hasContent(ONLY_COPY);
    assertThat(y.resolve(SHARD)).doesNotExist();
    assertThat(y.resolve(GROWN)).doesNotExist();
  }

  private static List<String> roleRecv(String... more) {
    List<String> args = new ArrayList<>(List.of("-v", "--role", "recv"));
    args.addAll(List.of(more));
    return args;
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of("-v", command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  /** The profiles of the source and of that copy as they are now. */
  private List<String> pair(String name, Path copy) {
    return List.of(
        "-s", text(profile(name + "-src", src)), "-d", text(profile(name + "-dst", copy)));
  }

  private Path profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    run(name, "profile", "--with-digest", "-o", text(file), text(root));
    return file;
  }

  private String run(String name, String... args) {
    try (AgentProcess command = AgentProcess.start(folder, name, List.of(args))) {
      Cluster.assertEnds(command, 0);
      return command.stdout();
    }
  }

  private static String text(Path path) {
    return path.toString();
  }

  private void write(Path file, int size) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }
}
