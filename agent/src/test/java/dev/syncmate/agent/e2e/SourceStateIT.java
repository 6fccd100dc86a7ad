// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.AgentState;
import dev.syncmate.schema.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file of three slices that changes when the first of them was sent, and real processes. */
class SourceStateIT {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;
  private static final String FILE = "All.sha1c/commit_0.tch";

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(55);
  private Path src;
  private Path dst;
  private byte[] content;

  @BeforeEach
  void makeFolders() throws IOException {
    src = Files.createDirectories(folder.resolve("src/All.sha1c")).getParent();
    dst = Files.createDirectories(folder.resolve("dst"));
    content = new byte[3 * MIB];
    random.nextBytes(content);
    Files.write(src.resolve(FILE), content);
  }

  /** What others do to a file; the sample digest of its planned bytes stays what it was. */
  private enum Change {
    REWRITTEN {
      @Override
      void make(Path file) throws IOException {
        write(file, other(Files.readAllBytes(file)));
      }
    },
    REWRITTEN_AND_TIME_PUT_BACK {
      @Override
      void make(Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        write(file, other(Files.readAllBytes(file)));
        Files.setLastModifiedTime(file, time);
      }
    },
    REPLACED_BY_RENAME {
      @Override
      void make(Path file) throws IOException {
        Path next = file.resolveSibling("next");
        Files.write(next, other(Files.readAllBytes(file)));
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      }
    },
    CUT_AND_GROWN_AGAIN {
      @Override
      void make(Path file) throws IOException {
        byte[] before = Files.readAllBytes(file);
        write(file, other(before));
        Files.write(file, new byte[MIB], StandardOpenOption.APPEND);
      }
    },
    REWRITTEN_AND_GROWN {
      @Override
      void make(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), UNSAMPLED);
        }
        Files.write(file, new byte[10], StandardOpenOption.APPEND);
      }
    };

    abstract void make(Path file) throws IOException;

    /** Cuts it to nothing first. */
    private static void write(Path file, byte[] bytes) throws IOException {
      Files.write(file, bytes);
    }

    /** Another state: a few bytes of each slice differ. */
    private static byte[] other(byte[] bytes) {
      byte[] other = bytes.clone();
      for (int slice = 0; slice < 3; slice++) {
        other[slice * MIB + UNSAMPLED] ^= 1;
      }
      return other;
    }

    /** Of each slice: no digest of samples looks there. */
    private static final int UNSAMPLED = 77_777;
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void job_sourceChangesBetweenSlices_publishesNothingAndExitsWith1(Change change)
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair();
      AgentProcess sender = sender(cluster, "sender", src, pair);
      awaitFirstSlice(cluster);
      String sampled = SampleDigest.ofPrefix(src.resolve(FILE), 3 * MIB);
      change.make(src.resolve(FILE));
      assertThat(SampleDigest.ofPrefix(src.resolve(FILE), 3 * MIB)).isEqualTo(sampled);

      AgentProcess receiver = receiver(cluster, pair);
      Cluster.assertEnds(sender, 1);
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr()).contains("failed: ").contains("source_changed");
      assertThat(dst.resolve(FILE)).doesNotExist();
    }
  }

  @Test
  void job_sourceGrowsAllTheTime_isPublishedAsPlanned() throws Exception {
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair();
      writer.scheduleAtFixedRate(this::append, 0, 20, TimeUnit.MILLISECONDS);
      AgentProcess sender = sender(cluster, "sender", src, pair);
      AgentProcess receiver = receiver(cluster, pair);
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      assertThat(dst.resolve(FILE)).hasBinaryContent(content);
      assertThat(sender.stderr()).contains("file.proved");
      assertThat(Files.size(src.resolve(FILE))).isGreaterThan(content.length);
    } finally {
      writer.shutdownNow();
    }
  }

  private void append() {
    try {
      Files.write(src.resolve(FILE), new byte[100], StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void job_onlyModeOfSourceChanges_isPublished() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair();
      AgentProcess sender = sender(cluster, "sender", src, pair);
      awaitFirstSlice(cluster);
      Files.setPosixFilePermissions(
          src.resolve(FILE), PosixFilePermissions.fromString("rw-rw-r--"));
      AgentProcess receiver = receiver(cluster, pair);
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      assertThat(dst.resolve(FILE)).hasBinaryContent(content);
    }
  }

  /** Agents of one machine are one host: what one of them is refused none of them gets. */
  @Test
  void job_anotherAgentHasAnotherCopy_isPublishedFromTheFirstAloneOrNotAtAll() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair();
      AgentProcess first = sender(cluster, "first", src, pair);
      awaitFirstSlice(cluster);
      AgentProcess second = sender(cluster, "second", otherCopy(), pair);
      AgentProcess receiver = receiver(cluster, pair);
      int exitCode = receiver.waitForExit();
      Cluster.assertEnds(first, exitCode);
      Cluster.assertEnds(second, exitCode);
      if (exitCode == 0) {
        assertThat(dst.resolve(FILE)).hasBinaryContent(content);
      } else {
        assertThat(receiver.stderr()).contains("source_changed");
        assertThat(dst.resolve(FILE)).doesNotExist();
      }
    }
  }

  @Test
  void job_onlyAHostWithAnotherCopyIsLeft_publishesNothingAndExitsWith1() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = pair();
      AgentProcess first = sender(cluster, "first", src, pair);
      awaitFirstSlice(cluster);
      first.kill9();
      AgentProcess second = sender(cluster, "second", otherCopy(), pair);
      await()
          .atMost(WAIT)
          .until(
              () ->
                  cluster.status().agents().stream()
                      .noneMatch(a -> a.name().equals("first") && a.state() == AgentState.LIVE));
      AgentProcess receiver = receiver(cluster, pair);
      Cluster.assertEnds(second, 1);
      Cluster.assertEnds(receiver, 1);
      assertThat(receiver.stderr()).contains("source_changed");
      assertThat(dst.resolve(FILE)).doesNotExist();
    }
  }

  /** The same size, time and samples, a few other bytes, another inode. */
  private Path otherCopy() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other/All.sha1c")).getParent();
    Files.write(other.resolve(FILE), Change.other(content));
    Files.setLastModifiedTime(other.resolve(FILE), Files.getLastModifiedTime(src.resolve(FILE)));
    return other;
  }

  /** The window holds one slice, so that the second is read when a receiver came. */
  private static void awaitFirstSlice(Cluster cluster) {
    await().atMost(WAIT).until(() -> cluster.tasks(TaskState.UPLOADED).size() == 1);
  }

  private AgentProcess sender(Cluster cluster, String name, Path data, List<String> pair) {
    return cluster.agent(
        name,
        "send",
        config -> {
          ObjectNode paths = config.putObject("paths");
          paths.put(src.toString(), data.toString());
          return config;
        },
        args("send", pair, "--slice-size", "1MiB", "--window", "1MiB", "--no-mount"));
  }

  private AgentProcess receiver(Cluster cluster, List<String> pair) {
    return cluster.receiver(
        "receiver",
        args("recv", pair, "--slice-size", "1MiB", "--window", "1MiB", "-D", dst.toString()));
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of("-v", command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  /** The profiles of both folders as they are now. */
  private List<String> pair() {
    return List.of("-s", profile("src", src), "-d", profile("dst", dst));
  }

  private String profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args = List.of("profile", "--with-digest", "-o", file.toString(), root.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, name + "-profile", args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file.toString();
  }
}
