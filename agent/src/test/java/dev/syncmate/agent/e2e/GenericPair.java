// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Two folders of any files, and what is done with their profiles. */
final class GenericPair {
  private final Path folder;
  private final SplittableRandom random = new SplittableRandom(20);
  private int profiles;
  final Path src;
  final Path dst;

  GenericPair(Path folder) throws IOException {
    this.folder = folder;
    src = Files.createDirectories(folder.toRealPath().resolve("src"));
    dst = Files.createDirectories(folder.toRealPath().resolve("dst"));
  }

  /** The options that name profiles of both folders as they are now. */
  List<String> profiles() {
    profiles++;
    return List.of("-s", profile("src", src), "-d", profile("dst", dst));
  }

  private String profile(String name, Path root) {
    String unique = name + "-" + profiles;
    Path file = folder.resolve(unique + ".profile.json");
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
    try (AgentProcess profiling = AgentProcess.start(folder, "profile-" + unique, args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file.toString();
  }

  static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of(command, "--slice-size", "1MiB"));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  byte[] write(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    put(file, bytes);
    return bytes;
  }

  static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
