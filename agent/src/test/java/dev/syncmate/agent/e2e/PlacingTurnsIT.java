// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that a host can't place waits its turn, keeps no other from its place, and fails in the
 * end.
 */
class PlacingTurnsIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final int ATTEMPTS_MAX = 5;

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(43);
  private Path denied;

  @BeforeEach
  void deny() throws Exception {
    replaced("one", "a-denied/stuck.dat");
    for (String name : List.of("b/new.dat", "c.dat", "d.dat")) {
      write("one", "src", name);
    }
    denied = folder.resolve("one/dst/a-denied");
    // Root may write into folders that say otherwise.
    FuseHost.assumeWorks("chattr", "+i", denied.toString());
  }

  @AfterEach
  void permit() throws Exception {
    FuseHost.run("chattr", "-i", denied.toString());
  }

  @Test
  void job_oneTargetInADeniedFolder_othersAndAnotherJobArePlacedAndItFailsWithItsReason()
      throws Exception {
    replaced("two", "x.dat");
    write("two", "src", "y.dat");
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = sender(cluster, "one");
      AgentProcess receiver = receiver(cluster, "one", "--cache-dir", cache().toString());
      AgentProcess otherSender = sender(cluster, "two");
      AgentProcess other = receiver(cluster, "two", "--cache-dir", cache().toString());
      Cluster.assertEnds(otherSender, 0);
      Cluster.assertEnds(other, 0);
      Cluster.assertEnds(sender, 1);
      Cluster.assertEnds(receiver, 1);

      assertArrived("two", "x.dat", "y.dat");
      assertEndsAlone(cluster, receiver);
      String log = receiver.stderr() + other.stderr();
      assertThat(log.lines().filter(line -> line.contains("place.failed"))).hasSize(ATTEMPTS_MAX);
    }
  }

  @Test
  void job_stagingBesideOneTargetDenied_othersArePlacedAndItFailsWithItsReason() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = sender(cluster, "one");
      AgentProcess receiver = receiver(cluster, "one");
      Cluster.assertEnds(sender, 1);
      Cluster.assertEnds(receiver, 1);

      assertEndsAlone(cluster, receiver);
    }
  }

  private void assertEndsAlone(Cluster cluster, AgentProcess receiver) throws IOException {
    assertArrived("one", "b/new.dat", "c.dat", "d.dat");
    FileStatus stuck = onlyFailed(cluster);
    assertThat(stuck.sourcePath()).endsWith("a-denied/stuck.dat");
    assertThat(stuck.lastError()).contains("disk_denied: ");
    assertThat(receiver.stderr()).contains("stuck.dat").contains("disk_denied: ");
  }

  private static FileStatus onlyFailed(Cluster cluster) {
    List<FileStatus> files =
        cluster.status().jobs().stream()
            .flatMap(job -> cluster.files(job.jobId()).stream())
            .filter(file -> file.state() == FileState.FAILED)
            .toList();
    assertThat(files).hasSize(1);
    return files.get(0);
  }

  private void assertArrived(String pair, String... names) throws IOException {
    for (String name : names) {
      Path source = folder.resolve(pair).resolve("src").resolve(name);
      Path target = folder.resolve(pair).resolve("dst").resolve(name);
      assertThat(Files.mismatch(source, target)).as(name).isEqualTo(-1);
    }
  }

  private AgentProcess sender(Cluster cluster, String pair) {
    return cluster.sender(pair + "-sender", folder, command("send", pair));
  }

  private AgentProcess receiver(Cluster cluster, String pair, String... more) {
    List<String> args = new ArrayList<>(command("recv", pair));
    // Receivers of one domain place each other's files.
    args.addAll(List.of("--target-root", folder.toString()));
    args.addAll(List.of(more));
    return cluster.receiver(pair + "-receiver", args);
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private List<String> command(String command, String pair) {
    return List.of("-v", command, "-s", profile(pair, "src"), "-d", profile(pair, "dst"));
  }

  private String profile(String pair, String side) {
    Path file = folder.resolve(pair + "-" + side + ".profile.json");
    if (!Files.exists(file)) {
      String root = folder.resolve(pair).resolve(side).toString();
      List<String> args =
          List.of("profile", "--format", "generic", "--with-digest", "--path", root, "-o");
      List<String> all = Stream.concat(args.stream(), Stream.of(file.toString())).toList();
      try (AgentProcess profiling = AgentProcess.start(folder, "profile", all)) {
        Cluster.assertEnds(profiling, 0);
      }
    }
    return file.toString();
  }

  /** A file that is another one at the destination. */
  private void replaced(String pair, String name) throws IOException {
    write(pair, "src", name);
    write(pair, "dst", name);
  }

  private void write(String pair, String side, String name) throws IOException {
    Path file = folder.resolve(pair).resolve(side).resolve(name);
    Files.createDirectories(folder.resolve(pair).resolve("dst"));
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[20_000];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }
}
