// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.TaskExplanation;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import dev.syncmate.schema.WaitingFor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What readers use together appears together: an index after its data, a map version as a whole.
 */
class PublishIT {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Duration WAIT = Duration.ofSeconds(90);
  private static final String NEAR = "da1_data";
  private static final String FAR = "da2_data";
  private static final String DATA = "All.blobs/blob_0.bin";
  private static final String INDEX = "All.blobs/blob_0.idx";
  private static final String ALONE = "All.sha1c/commit_0.tch";

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(29);
  private Path src;
  private Path dst;

  @BeforeEach
  void folders() throws IOException {
    src = Files.createDirectories(folder.resolve("src"));
    dst = Files.createDirectories(folder.resolve("dst"));
  }

  @Test
  void job_partOfAGroupHeldBack_nothingOfItIsVisibleUntilItIsThere() throws Exception {
    shards(NEAR, 0, 3);
    shards(FAR, 3, 4);
    write(NEAR, ALONE, 40_000);
    grown(FAR, DATA, 300_000, 200_000);
    byte[] oldIndex = grown(NEAR, INDEX, 60_000, 40_000);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      Profiles profiles = profiles();
      AgentProcess receiver = cluster.receiver("receiver", recv(profiles));
      AgentProcess near = sender(cluster, "near", NEAR, FAR);
      await().atMost(WAIT).until(() -> files(cluster).placing().count() == 4);
      await().atMost(WAIT).until(() -> files(cluster).done().count() == 1);

      // The receiver has asked for what it may place, and got the one file without a group.
      assertThat(dst.resolve(ALONE)).exists();
      assertThat(visibleShards()).isEmpty();
      assertThat(dst.resolve(INDEX)).hasBinaryContent(oldIndex);
      for (String name : List.of("c2pFullV.0.tch", "blob_0.idx")) {
        TaskExplanation why = cluster.explain(task(cluster, name).taskId());
        assertThat(why.reason()).as(why.detail()).isEqualTo(WaitingFor.HELD);
        assertThat(why.detail()).contains("waits for 1 more; the first is ");
      }

      AgentProcess far = sender(cluster, "far", FAR, NEAR);
      await().atMost(WAIT).until(() -> !visibleShards().isEmpty());
      assertThat(cluster.tasks(null))
          .filteredOn(task -> task.virtualPath().startsWith("c2pFullV"))
          .hasSize(4)
          .allMatch(task -> task.state() == TaskState.DOWNLOADED);
      Cluster.assertEnds(receiver, 0);
      assertArrived(NEAR, ALONE, INDEX);
      assertArrived(FAR, DATA);
      assertThat(visibleShards()).hasSize(4);
      assertThat(Files.getLastModifiedTime(dst.resolve(DATA)))
          .isLessThanOrEqualTo(Files.getLastModifiedTime(dst.resolve(INDEX)));
      for (AgentProcess sender : List.of(near, far)) {
        sender.terminate();
        Cluster.assertEnds(sender, 0);
      }
    }
  }

  @Test
  void kill9_receiverInTheMidstOfPublishing_anotherPublishesTheRest() throws Exception {
    int shards = 32;
    shards(NEAR, 0, shards);
    grown(NEAR, DATA, 300_000, 200_000);
    grown(NEAR, INDEX, 60_000, 40_000);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      Profiles profiles = profiles();
      AgentProcess doomed = cluster.receiver("doomed", recv(profiles));
      AgentProcess sender = sender(cluster, "sender", NEAR, FAR);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .atMost(WAIT)
          .until(() -> !visibleShards().isEmpty());
      doomed.kill9();
      assertThat(visibleShards()).hasSizeLessThan(shards);
      assertThat(files(cluster).transferring().count())
          .as("only files of the other group may still move")
          .isLessThanOrEqualTo(2);

      AgentProcess receiver = cluster.receiver("receiver", recv(profiles));
      Cluster.assertEnds(receiver, 0);
      assertThat(files(cluster).done().count()).isEqualTo(shards + 2);
      assertArrived(NEAR, DATA, INDEX);
      assertArrived(NEAR, IntStream.range(0, shards).mapToObj(PublishIT::shard));
      // It dies between reporting a file and clearing its staging at worst: that one's small files.
      assertThat(staged()).allMatch(name -> name.matches("[^.]+\\.(.+\\.)?(lock|placing|journal)"));
      assertThat(staged().stream().map(name -> name.split("\\.")[0]).distinct().count())
          .isLessThanOrEqualTo(1);
      sender.terminate();
      Cluster.assertEnds(sender, 0);
    }
  }

  @Test
  void job_dataCanNotBePlaced_itsIndexIsNotAndARetryBringsBothBack() throws Exception {
    grown(NEAR, DATA, 300_000, 200_000);
    byte[] oldIndex = grown(NEAR, INDEX, 60_000, 40_000);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      Profiles profiles = profiles();
      Files.write(dst.resolve(DATA), new byte[10], StandardOpenOption.APPEND);
      AgentProcess sender = sender(cluster, "sender", NEAR, FAR);
      AgentProcess receiver = cluster.receiver("receiver", recv(profiles));
      Cluster.assertEnds(receiver, 1);
      assertThat(dst.resolve(INDEX)).hasBinaryContent(oldIndex);
      assertThat(cluster.files())
          .hasSize(2)
          .allMatch(file -> file.state() == FileState.FAILED)
          .extracting(FileStatus::lastError)
          .anyMatch(
              error -> error.startsWith("not placed: blob_0.bin of its publish group failed"));

      truncate(dst.resolve(DATA), 200_000);
      cluster.retry(List.of(task(cluster, "blob_0.bin").taskId()));
      AgentProcess again = cluster.receiver("again", recv(profiles));
      Cluster.assertEnds(again, 0);
      assertArrived(NEAR, DATA, INDEX);
      sender.terminate();
      Cluster.assertEnds(sender, 0);
    }
  }

  /** Names of what is left in the staging folders. */
  private List<String> staged() throws IOException {
    try (Stream<Path> paths = Files.walk(dst)) {
      return paths
          .filter(path -> path.getParent().endsWith(".syncmate-staging"))
          .filter(path -> !Cluster.isMark(path))
          .map(path -> path.getFileName().toString())
          .toList();
    }
  }

  private static FileTallies files(Cluster cluster) {
    return cluster.status().files();
  }

  private static TaskStatus task(Cluster cluster, String name) {
    return cluster.tasks(null).stream()
        .filter(task -> task.virtualPath().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  private record Profiles(Path source, Path destination) {}

  /** Both, with the sources below the names that the senders' paths map. */
  private Profiles profiles() throws IOException {
    Path source = profile("src", src);
    String text = Files.readString(source).replace(src.toString(), "");
    return new Profiles(Files.writeString(source, text), profile("dst", dst));
  }

  private Path profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args = List.of("profile", "--with-digest", "-o", file.toString(), root.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, name + "-profile", args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file;
  }

  private List<String> recv(Profiles profiles) {
    return new ArrayList<>(
        List.of(
            "recv",
            "-s",
            profiles.source().toString(),
            "-d",
            profiles.destination().toString(),
            "--slice-size",
            "1MiB",
            "-D",
            dst.toString()));
  }

  /** A sender that has the one host's files and not the other's. */
  private AgentProcess sender(Cluster cluster, String name, String has, String hasNot) {
    return cluster.agent(
        name,
        "send",
        config -> {
          config.putObject("paths").put("/" + has, src.resolve(has).toString());
          config.putObject("zones").put("/" + hasNot, "none");
          return config;
        },
        List.of("--role", "send", "--no-mount"));
  }

  private static String shard(int no) {
    return "basemaps/c2pFullV.%d.tch".formatted(no);
  }

  private void shards(String host, int from, int to) throws IOException {
    for (int no = from; no < to; no++) {
      write(host, shard(no), 50_000 + no);
    }
  }

  private List<String> visibleShards() throws IOException {
    // Not by a stream: a receiver at work deletes files while their folder is being walked.
    List<String> found = new ArrayList<>();
    Files.walkFileTree(
        dst,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            if (name.matches("c2pFullV\\.\\d+\\.tch")) {
              found.add(name);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private byte[] write(String host, String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Path file = src.resolve(host).resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return bytes;
  }

  /** A file of which the destination has the beginning, which is the answer. */
  private byte[] grown(String host, String name, int size, int old) throws IOException {
    byte[] bytes = Arrays.copyOf(write(host, name, size), old);
    Files.createDirectories(dst.resolve(name).getParent());
    return Files.readAllBytes(Files.write(dst.resolve(name), bytes));
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  private void assertArrived(String host, String... names) throws IOException {
    assertArrived(host, Stream.of(names));
  }

  private void assertArrived(String host, Stream<String> names) throws IOException {
    for (String name : names.toList()) {
      Path source = src.resolve(host).resolve(name);
      assertThat(Files.mismatch(source, dst.resolve(name))).as(name).isEqualTo(-1);
    }
  }
}
