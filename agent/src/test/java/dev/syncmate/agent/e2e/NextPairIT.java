// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.JobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second transfer of a data set whose files have the names they had, with our own profiles. */
class NextPairIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final String COMMITS = "All.sha1c/commit_0.tch";
  private static final String TREES = "All.sha1c/tree_0.tch";
  private static final String MAP = "basemaps/c2pFullU.0.tch";

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(17);

  @Test
  void job_ofANewPairAfterAFinishedOne_movesOnlyWhatChangedSince() throws Exception {
    Path src = folder.resolve("src");
    Path dst = folder.resolve("dst");
    write(src.resolve(COMMITS), 300_000);
    write(src.resolve(TREES), 200_000);
    write(src.resolve(MAP), 100_000);
    Files.createDirectories(dst.resolve(TREES).getParent());
    Files.copy(src.resolve(TREES), dst.resolve(TREES));

    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      transfer(cluster, "first", src, dst);
      assertSame(src, dst, COMMITS, TREES, MAP);

      append(src.resolve(COMMITS), 70_000);
      write(src.resolve(MAP), 100_000);
      transfer(cluster, "second", src, dst);
      assertSame(src, dst, COMMITS, TREES, MAP);

      List<JobStatus> jobs = cluster.status().jobs();
      assertThat(jobs).hasSize(2);
      assertThat(jobs)
          .extracting(job -> job.tasks().downloaded().bytes())
          .as("newest first: the tail and the replaced map; commits and map")
          .containsExactly(170_000L, 400_000L);

      AgentProcess third =
          send(cluster, "third", profile("third-src", src), profile("third-dst", dst));
      Cluster.assertEnds(third, 0);
      assertThat(third.stdout())
          .contains("nothing to transfer: the destination has all that the source has");
      assertThat(cluster.status().jobs()).hasSize(2);
    }
  }

  private void transfer(Cluster cluster, String run, Path src, Path dst) {
    Path from = profile(run + "-src", src);
    Path to = profile(run + "-dst", dst);
    AgentProcess sender = send(cluster, run + "-send", from, to);
    AgentProcess receiver =
        cluster.receiver(run + "-recv", args("recv", from, to, "-D", dst.toString()));
    Cluster.assertEnds(sender, 0);
    Cluster.assertEnds(receiver, 0);
  }

  private AgentProcess send(Cluster cluster, String name, Path from, Path to) {
    return cluster.sender(name, folder.resolve("src"), args("send", from, to));
  }

  private static List<String> args(String command, Path from, Path to, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(command, "-s", from.toString(), "-d", to.toString(), "--slice-size", "1MiB"));
    args.addAll(List.of(more));
    return args;
  }

  private Path profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    try (AgentProcess profiling =
        AgentProcess.start(
            folder,
            name,
            List.of("profile", "--with-digest", "-o", file.toString(), root.toString()))) {
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

  private void append(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes, StandardOpenOption.APPEND);
  }

  private static void assertSame(Path src, Path dst, String... names) throws IOException {
    for (String name : names) {
      assertThat(Files.mismatch(src.resolve(name), dst.resolve(name))).as(name).isEqualTo(-1);
    }
  }
}
