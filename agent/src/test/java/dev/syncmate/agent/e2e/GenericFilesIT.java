// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any folder of append-mostly files, by generic profiles. */
class GenericFilesIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(19);

  @Test
  void job_anyFiles_arriveUnderTheirRelativePathsAndOthersStay() throws Exception {
    Path src = folder.resolve("src");
    Path dst = folder.resolve("dst");
    byte[] grown = write(src.resolve("a/b/log.dat"), 300_000);
    put(dst.resolve("a/b/log.dat"), Arrays.copyOf(grown, 100_000));
    write(src.resolve("only/here/new.bin"), 50_000);
    write(src.resolve("replaced"), 7_000);
    write(dst.resolve("replaced"), 9_000);
    write(src.resolve("empty"), 0);
    put(dst.resolve("same"), write(src.resolve("same"), 777));
    byte[] extra = write(dst.resolve("a/only-there"), 55);

    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = List.of("-s", profile("src", src), "-d", profile("dst", dst));
      AgentProcess sender = cluster.sender("sender", src, command("send", pair));
      AgentProcess receiver = cluster.receiver("receiver", command("recv", pair));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
      assertThat(cluster.tasks(null)).extracting(task -> task.lengthBytes()).contains(200_000L);
    }

    try (Stream<Path> files = Files.walk(src)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = dst.resolve(src.relativize(file).toString());
        assertThat(Files.mismatch(file, target)).as(target.toString()).isEqualTo(-1);
      }
    }
    assertThat(dst.resolve("a/only-there")).hasBinaryContent(extra);
    try (Stream<Path> files = Files.walk(dst)) {
      assertThat(files.filter(Files::isRegularFile).filter(file -> !Cluster.isMark(file)))
          .as("no staging is left")
          .hasSize(6);
    }
  }

  private static List<String> command(String command, List<String> pair) {
    return Stream.concat(Stream.of(command), pair.stream()).toList();
  }

  private String profile(String name, Path root) {
    Path file = folder.resolve(name + ".profile.json");
    List<String> args =
        List.of(
            "profile",
            "--format",
            "generic",
            "--with-digest",
            "--path",
            root.toString(),
            "-o",
            file.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, "profile-" + name, args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file.toString();
  }

  private byte[] write(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    put(file, bytes);
    return bytes;
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
