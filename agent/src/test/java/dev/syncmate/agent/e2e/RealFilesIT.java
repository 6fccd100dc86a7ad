// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.plan.SharedData;
import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as World of Code has them, and the real ones where they lie beside a checkout. */
class RealFilesIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  /** Files that the destination has already, in full or in a newer version. */
  private static final List<String> UNTOUCHED =
      List.of(
          "All.sha1c/commit_0.tch",
          "All.sha1c/tree_1.tch",
          "basemaps/c2datFullU.0.tch",
          "basemaps/c2bFullAA.0.tch",
          "basemaps/c2pFullT.0.tch");

  @TempDir Path folder;

  private record Identity(Object inode, FileTime modified) {
    static Identity of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Identity(attributes.fileKey(), attributes.lastModifiedTime());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void job_realFiles_byteEqualAndUnchangedOnesUntouched(SharedData data) throws Exception {
    Path src = folder.resolve("src");
    Path dst = folder.resolve("dst");
    copy(data.source(), src);
    copy(data.folder().resolve("dst"), dst);
    Path from = profile(data, "src");
    Path to = profile(data, "dst");
    Map<String, Identity> before = new HashMap<>();
    UNTOUCHED.forEach(name -> before.put(name, Identity.of(dst.resolve(name))));

    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = cluster.sender("sender", src, args("send", from, to));
      AgentProcess receiver =
          cluster.receiver("receiver", args("recv", from, to, "-D", dst.toString()));
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
    }

    UNTOUCHED.forEach(
        name -> assertThat(Identity.of(dst.resolve(name))).as(name).isEqualTo(before.get(name)));
    try (Stream<Path> sources = Files.walk(src)) {
      List<Path> files = sources.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(17);
      for (Path file : files) {
        // New files go where the seed tool puts them: a tag file not to All.sha1o.
        String place = src.relativize(file).toString().replace("All.sha1o/tag", "All.sha1c/tag");
        Path target = dst.resolve(place);
        if (file.getFileName().toString().startsWith("c2bFull")) {
          assertThat(target).as("an older version is not sent").doesNotExist();
        } else {
          assertThat(Files.mismatch(file, target)).as(target.toString()).isEqualTo(-1);
        }
      }
    }
  }

  private static List<String> args(String command, Path from, Path to, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(command, "-s", from.toString(), "-d", to.toString(), "--slice-size", "1MiB"));
    args.addAll(List.of(more));
    return args;
  }

  private Path profile(SharedData data, String side) throws IOException {
    Path profile = data.profile(side);
    String text =
        Files.readString(profile)
            .replace("/woc/src", folder.resolve("src").toString())
            .replace("/woc/dst", folder.resolve("dst").toString());
    return Files.writeString(folder.resolve(profile.getFileName()), text);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          // What lies there may be read-only, and a copy must not be.
          Files.write(copy, Files.readAllBytes(path));
        }
      }
    }
  }
}
