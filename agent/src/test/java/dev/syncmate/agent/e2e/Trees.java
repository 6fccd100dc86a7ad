// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A source and a destination folder, with profiles of what is in them at the moment. */
final class Trees {
  private final Path folder;
  private final SplittableRandom random = new SplittableRandom(19);
  private int profiles;

  Trees(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(src());
    Files.createDirectories(dst());
  }

  Path src() {
    return folder.resolve("src");
  }

  Path dst() {
    return folder.resolve("dst");
  }

  /** A new source file with random bytes. */
  void write(String name, int size) throws IOException {
    Path file = src().resolve(name);
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }

  /** The flags that name the profiles of both as they are now. */
  List<String> pair() {
    return List.of("-s", profile(src()).toString(), "-d", profile(dst()).toString());
  }

  AgentProcess send(Cluster cluster, String name, List<String> pair) {
    return cluster.sender(name, src(), args("send", pair));
  }

  AgentProcess recv(Cluster cluster, String name, List<String> pair) {
    return cluster.receiver(name, args("recv", pair, "-D", dst().toString()));
  }

  void assertSame(String... names) {
    for (String name : names) {
      assertThat(dst().resolve(name)).hasSameBinaryContentAs(src().resolve(name));
    }
  }

  private static List<String> args(String command, List<String> pair, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(pair);
    args.addAll(List.of(more));
    return args;
  }

  private Path profile(Path root) {
    String name = "profile-" + ++profiles;
    Path file = folder.resolve(name + ".json");
    List<String> args = List.of("profile", "--with-digest", "-o", file.toString(), root.toString());
    try (AgentProcess profiling = AgentProcess.start(folder, name, args)) {
      Cluster.assertEnds(profiling, 0);
    }
    return file;
  }
}
