// SPDX-License-Identifier: Apache-2.0

import dev.syncmate.agent.offsetfs.SliceMount;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import dev.syncmate.agent.offsetfs.FuseVersion;
import java.nio.file.Files;
import java.nio.file.Path;

/** The mount of a send agent, for scripts/bench: prints its folder, ends with its stdin. */
class ServeSlices {
  public static void main(String[] args) throws Exception {
    FuseVersion version = FuseVersion.of(args[0]);
    try (SliceMount mount = SliceMount.create(Path.of(args[1]), new FuseMountFactory(version))) {
      for (String line : Files.readAllLines(Path.of(args[2]))) {
        String[] words = line.split(" ");
        mount.add(words[0], Path.of(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
      }
      System.out.println("mounted " + mount.folder());
      while (System.in.read() >= 0) {}
    }
    System.exit(0);
  }
}
