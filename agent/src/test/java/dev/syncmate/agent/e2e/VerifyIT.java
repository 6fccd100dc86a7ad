// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
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

/** Placed files are read against what was sent of them. */
class VerifyIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final int MIB = 1 << 20;
  private static final String MAP = "basemaps/c2pFullU.0.tch";
  private static final String SHARD = "All.sha1c/commit_0.tch";
  private static final String GROWN = "All.blobs/blob_0.bin";
  private static final int OLD_BYTES = 1_500_000;

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(20);
  private Path src;
  private Path dst;

  @BeforeEach
  void makeFolders() throws IOException {
    src = Files.createDirectories(folder.resolve("src"));
    dst = Files.createDirectories(folder.resolve("dst"));
    write(src.resolve(MAP), 3 * MIB + 1000);
    write(src.resolve(SHARD), 200_000);
    write(src.resolve(GROWN), 4 * MIB);
    Files.createDirectories(dst.resolve(GROWN).getParent());
    byte[] old = Arrays.copyOf(Files.readAllBytes(src.resolve(GROWN)), OLD_BYTES);
    Files.write(dst.resolve(GROWN), old);
  }

  @Test
  void verify_afterARun_isAllRight_andNamesEachThingThatIsNot() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      deliver(cluster);
      AgentProcess clean = verify(cluster, 0);
      assertThat(clean.stdout())
          .contains("verified 3 files of destination destination, 8 slices")
          .contains("all right")
          .contains("partly: %s: %d bytes were there".formatted(dst.resolve(GROWN), OLD_BYTES));
      Files.writeString(dst.resolve("basemaps/by-hand.txt"), "not ours");
      AgentProcess below = verify(cluster, 0, dst.toString());
      assertThat(below.stdout()).contains("no manifest: " + dst.resolve("basemaps/by-hand.txt"));
      assertThat(verify(cluster, 1, dst.resolve("basemaps/by-hand.txt").toString()).stdout())
          .contains("no manifest: " + dst.resolve("basemaps/by-hand.txt"))
          .contains("nothing verified");

      flip(dst.resolve(MAP), 2 * MIB + 7);
      AgentProcess damaged = verify(cluster, 1);
      assertThat(damaged.stdout())
          .contains("bad: %s: slice at %d of %d bytes".formatted(dst.resolve(MAP), 2 * MIB, MIB))
          .contains("1 files bad, 1 slices of them");
      verify(cluster, 0, dst.resolve("All.blobs").toString(), dst.resolve(SHARD).toString());

      Files.writeString(dst.resolve(GROWN), "cut");
      Files.delete(dst.resolve(SHARD));
      AgentProcess worse = verify(cluster, 1, "--json");
      assertThat(worse.stdout())
          .contains("\"problem\":\"missing\"")
          .contains("\"problem\":\"has 3 bytes (expected: %d)\"".formatted(4 * MIB))
          .contains("\"offset_bytes\":%d".formatted(2 * MIB));
      Files.createSymbolicLink(dst.resolve(SHARD), dst.resolve(SHARD));
      Files.delete(dst.resolve(GROWN));
      Files.createDirectory(dst.resolve(GROWN));
      assertThat(verify(cluster, 1).stdout())
          .contains("bad: %s: can't be read: ".formatted(dst.resolve(SHARD)))
          .contains("bad: %s: not a regular file".formatted(dst.resolve(GROWN)));
    }
  }

  @Test
  void verify_aSample_readsThatPartOfTheSlices_andAnotherDestinationHasNone() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      deliver(cluster);
      assertThat(verify(cluster, 0, "--sample", "50%").stdout()).contains(", 5 slices");
      assertThat(verify(cluster, 2, "--sample", "0%").stderr()).contains("--sample: 0%");
      AgentProcess elsewhere = verify(cluster, 1, "--destination", "elsewhere");
      assertThat(elsewhere.stdout())
          .contains("nothing verified", "destination elsewhere", "--skip-db");
    }
  }

  @Test
  void verify_filesThatCameWithoutACoordinator_saysThatTheyHaveNoManifest() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair("first");
      Cluster.assertEnds(cluster.sender("sender", src, args("send", pair, "--skip-db")), 0);
      AgentProcess receiver =
          cluster.receiver("receiver", args("recv", pair, "--skip-db", "--once", "-D", "" + dst));
      Cluster.assertEnds(receiver, 0);
      assertThat(verify(cluster, 1, dst.toString()).stdout())
          .contains("no manifest: " + dst.resolve(MAP), "nothing verified");
    }
  }

  @Test
  void repair_threeFlippedBitsInTwoSlices_sendsExactlyTwoSlicesAndTheFileIsRight()
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      deliver(cluster);
      long before = cluster.status().tasks().downloaded().count();
      flip(dst.resolve(MAP), MIB + 5);
      flip(dst.resolve(MAP), 2 * MIB - 1);
      flip(dst.resolve(MAP), 3 * MIB + 999);
      AgentProcess sender = cluster.sender("joining", src, List.of("--role", "send"));
      AgentProcess repair = verify(cluster, 0, "--repair", "--target-root", dst.toString());
      assertThat(repair.stdout())
          .contains("repaired: %s: slice at %d of %d bytes".formatted(dst.resolve(MAP), MIB, MIB))
          .contains("repaired: %s: slice at %d of 1000".formatted(dst.resolve(MAP), 3 * MIB))
          .contains("2 slices repaired, all right");
      assertArrived();
      assertThat(cluster.status().tasks().downloaded().count()).isEqualTo(before + 2);
      assertThat(cluster.status().tasks().downloaded().bytes())
          .isEqualTo(bytesDelivered() + MIB + 1000);
      verify(cluster, 0);
      // The same damage once more is another job, not one that is done.
      flip(dst.resolve(MAP), MIB + 5);
      flip(dst.resolve(MAP), 2 * MIB - 1);
      flip(dst.resolve(MAP), 3 * MIB + 999);
      verify(cluster, 0, "--repair", "--target-root", dst.toString());
      assertArrived();
      sender.terminate();
      Cluster.assertEnds(sender, 0);
    }
  }

  @Test
  void repair_sourceHasChanged_targetIsLeftAsItIs() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      deliver(cluster);
      flip(dst.resolve(SHARD), 100);
      byte[] damaged = Files.readAllBytes(dst.resolve(SHARD));
      flip(src.resolve(SHARD), 150_000);
      AgentProcess sender = cluster.sender("joining", src, List.of("--role", "send"));
      AgentProcess repair = verify(cluster, 1, "--repair", "--target-root", dst.toString());
      assertThat(repair.stderr()).contains("source_changed: slice is ");
      assertThat(repair.stdout()).contains("bad: %s: slice at 0".formatted(dst.resolve(SHARD)));
      assertThat(dst.resolve(SHARD)).hasBinaryContent(damaged);
      assertThat(verify(cluster, 2, "--repair").stderr()).contains("--target-root");
      sender.terminate();
      Cluster.assertEnds(sender, 0);
    }
  }

  @Test
  void repair_receiverIsKilled_theNextRunGoesOnAndEveryByteIsRight() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      deliver(cluster);
      flip(dst.resolve(MAP), 5);
      flip(dst.resolve(MAP), 2 * MIB + 5);
      List<String> args = List.of("verify", "--repair", "--target-root", dst.toString());
      AgentProcess killed = cluster.receiver("killed", args);
      await().atMost(WAIT).until(() -> cluster.status().jobs().size() == 2);
      AgentProcess sender = cluster.sender("joining", src, List.of("--role", "send"));
      await().atMost(WAIT).until(() -> cluster.status().jobs().get(0).files().done().count() > 0);
      killed.kill9();
      verify(cluster, 0, "--repair", "--target-root", dst.toString());
      assertArrived();
      verify(cluster, 0);
      sender.terminate();
      Cluster.assertEnds(sender, 0);
    }
  }

  private void assertArrived() {
    for (String file : List.of(MAP, SHARD, GROWN)) {
      assertThat(dst.resolve(file)).hasSameBinaryContentAs(src.resolve(file));
    }
  }

  private static long bytesDelivered() {
    return 3L * MIB + 1000 + 200_000 + 4L * MIB - OLD_BYTES;
  }

  private void deliver(Cluster cluster) {
    List<String> pair = pair("first");
    AgentProcess sender = cluster.sender("sender", src, args("send", pair, "--slice-size", "1MiB"));
    AgentProcess receiver =
        cluster.receiver(
            "receiver", args("recv", pair, "--slice-size", "1MiB", "-D", dst.toString()));
    Cluster.assertEnds(receiver, 0);
    Cluster.assertEnds(sender, 0);
  }

  private int verifications;

  private AgentProcess verify(Cluster cluster, int exitCode, String... more) {
    List<String> args = new ArrayList<>(List.of("verify"));
    args.addAll(List.of(more));
    verifications++;
    AgentProcess verify = cluster.receiver("verify" + verifications, args);
    Cluster.assertEnds(verify, exitCode);
    return verify;
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(at);
      int bits = open.read();
      open.seek(at);
      open.write(bits ^ 0x10);
    }
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

  private Path profile(String name, Path root, String... more) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args =
        new ArrayList<>(List.of("profile", "--with-digest", "-o", file.toString(), "" + root));
    args.addAll(List.of(more));
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
