// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.fuse.FuseSupport;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.HoldingStore;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasedSlicesMountIT {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final int TRANSFERS = 4;

  @TempDir Path folder;

  @Test
  void mount_whileSlicesAreSent_lsAndSha256sumShowThem() throws Exception {
    Optional<String> absent = FuseSupport.check(FuseVersion.AUTO);
    Assumptions.assumeTrue(absent.isEmpty(), () -> "no FUSE here: " + absent.orElseThrow());
    DataSet data = DataSet.make(folder.resolve("data"), "16MiB", 9);
    Path base = Files.createDirectory(folder.resolve("mounts"));
    try (HoldingStore store = new HoldingStore();
        Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = sender(cluster, store, data, base);
      await().atMost(WAIT).until(() -> store.held() == TRANSFERS);
      Path mount = onlyFolder(base);
      Map<String, TaskStatus> leased =
          cluster.tasks(TaskState.UPLOADING).stream()
              .collect(Collectors.toMap(TaskStatus::virtualPath, task -> task));
      assertThat(leased).hasSize(TRANSFERS);

      assertThat(sizes(mount))
          .isEqualTo(
              leased.values().stream()
                  .collect(Collectors.toMap(TaskStatus::virtualPath, TaskStatus::lengthBytes)));
      assertThat(sums(mount)).isEqualTo(expectedSums(data, leased));

      store.release();
      await().atMost(WAIT).until(() -> cluster.status().tasks().uploading().count() == 0);
      await().atMost(WAIT).until(() -> sizes(mount).isEmpty());
      sender.terminate();
      Cluster.assertEnds(sender, 0);
      assertThat(list(base)).isEmpty();
    }
  }

  private static AgentProcess sender(
      Cluster cluster, HoldingStore store, DataSet data, Path mounts) {
    List<String> args =
        MainJobIT.send(
            data,
            "--transfers",
            Integer.toString(TRANSFERS),
            "--mount-dir",
            mounts.toString(),
            "--slice-io",
            "mount");
    return cluster.agent(
        "sender",
        "send",
        config -> {
          config.put("endpoint", store.endpoint().toString());
          config
              .putObject("paths")
              .put("/da1_data", MainJobIT.sources(data).resolve("da1_data").toString())
              .put("/da2_data", MainJobIT.sources(data).resolve("da2_data").toString());
          return config;
        },
        args);
  }

  static Map<String, Long> sizes(Path mount) throws Exception {
    Map<String, Long> sizes = new HashMap<>();
    // Mode, links, owner, group, size, three of time, name.
    for (String line : run("ls", "-l", mount.toString())) {
      String[] words = line.split("\\s+", 9);
      if (words.length == 9) {
        sizes.put(words[8], Long.parseLong(words[4]));
      }
    }
    return sizes;
  }

  static Map<String, String> sums(Path mount) throws Exception {
    List<String> command = new ArrayList<>(List.of("sha256sum"));
    list(mount).forEach(file -> command.add(file.toString()));
    return run(command.toArray(String[]::new)).stream()
        .map(line -> line.split(" [ *]", 2))
        .collect(
            Collectors.toMap(
                words -> Path.of(words[1]).getFileName().toString(), words -> words[0]));
  }

  static Map<String, String> expectedSums(DataSet data, Map<String, TaskStatus> leased)
      throws Exception {
    Map<String, String> sums = new HashMap<>();
    for (TaskStatus task : leased.values()) {
      String name = task.virtualPath().replaceAll("\\.(slice|offset)\\..*", "");
      sums.put(task.virtualPath(), sha256(source(data, name), task));
    }
    return sums;
  }

  private static Path source(DataSet data, String name) throws IOException {
    try (Stream<Path> files = Files.walk(MainJobIT.sources(data))) {
      return files
          .filter(file -> file.getFileName().toString().equals(name))
          .findAny()
          .orElseThrow();
    }
  }

  private static String sha256(Path file, TaskStatus task) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(task.lengthBytes()));
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(bytes, task.offsetBytes());
    }
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }

  private static Path onlyFolder(Path base) throws IOException {
    List<Path> found = list(base);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  static List<Path> list(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(found::add);
    }
    return found;
  }

  private static List<String> run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }
}
