// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A crash at the source cuts files off: the destination's copies are the good ones then. */
class ShrunkSourceIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final String EMPTIED = "All.sha1c/commit_0.tch";
  private static final String CUT = "All.sha1c/tree_0.tch";
  private static final String GROWN = "All.sha1c/blob_0.tch";
  @TempDir Path folder;
  private Path src;
  private Path dst;
  private byte[] good;

  @BeforeEach
  void makeFolders() throws IOException {
    src = Files.createDirectories(folder.resolve("src/All.sha1c")).getParent();
    dst = Files.createDirectories(folder.resolve("dst/All.sha1c")).getParent();
    good = new byte[300_000];
    new SplittableRandom(21).nextBytes(good);
    for (String name : List.of(EMPTIED, CUT)) {
      Files.write(dst.resolve(name), good);
    }
    Files.write(dst.resolve(GROWN), Arrays.copyOf(good, 100_000));
    Files.write(src.resolve(EMPTIED), new byte[0]);
    Files.write(src.resolve(CUT), Arrays.copyOf(good, 200_000));
    Files.write(src.resolve(GROWN), good);
  }

  @Test
  void job_emptiedAndCutSources_areKeptSaidAndExitWith1UntilItIsAllowed() throws Exception {
    List<String> pair = pair();
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = cluster.sender("sender", src, args("send", pair));
      AgentProcess receiver = cluster.receiver("receiver", args("recv", pair));
      Cluster.assertEnds(sender, 1);
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr())
          .contains(EMPTIED + "\": source has 0 bytes, the destination 300000")
          .contains(CUT + "\": source has 200000 bytes, the destination 300000")
          .contains("--allow-shrink");
      assertThat(dst.resolve(EMPTIED)).hasBinaryContent(good);
      assertThat(dst.resolve(CUT)).hasBinaryContent(good);
      assertThat(dst.resolve(GROWN)).hasBinaryContent(good);

      AgentProcess again = cluster.sender("again", src, args("send", pair, "--allow-shrink"));
      AgentProcess allowed = cluster.receiver("allowed", args("recv", pair, "--allow-shrink"));
      Cluster.assertEnds(again, 0);
      Cluster.assertEnds(allowed, 0);
      assertThat(dst.resolve(EMPTIED)).isEmptyFile();
      assertThat(dst.resolve(CUT)).hasSameBinaryContentAs(src.resolve(CUT));
    }
  }

  @Test
  void taskgenAndPlan_emptiedSource_areKeptSaidAndExitWith1() {
    List<String> pair = pair();
    for (String command : List.of("taskgen", "plan")) {
      try (AgentProcess run = AgentProcess.start(folder, command, args(command, pair))) {
        Cluster.assertEnds(run, 1);
        assertThat(run.stderr()).contains(EMPTIED).contains("--allow-shrink");
      }
      List<String> allowed = args(command, pair, "--allow-shrink");
      try (AgentProcess run = AgentProcess.start(folder, command + "-allowed", allowed)) {
        Cluster.assertEnds(run, 0);
      }
    }
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  private List<String> pair() {
    return List.of("-s", profile("from", src), "-d", profile("to", dst));
  }

  private String profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args = List.of("profile", "--with-digest", "-o", file.toString(), root.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, "profile-" + name, args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file.toString();
  }
}
