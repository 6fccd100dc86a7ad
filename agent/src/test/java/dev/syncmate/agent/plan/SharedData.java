// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The real World of Code files beside the repository, where there are any. */
public final class SharedData {
  private static final String PLACE = "shared/data";

  private SharedData() {}

  /** The folder; skips the test, with the reason, where there is none. */
  public static Path orSkip() {
    Path start = Path.of(System.getProperty("syncmate.root", "")).toAbsolutePath().normalize();
    Optional<Path> folder =
        Stream.iterate(start, parent -> parent != null, Path::getParent)
            .map(parent -> parent.resolve(PLACE))
            .filter(candidate -> Files.isRegularFile(candidate.resolve("woc.src.json")))
            .findFirst();
    if (folder.isEmpty()) {
      System.out.println("skipped: no folder " + PLACE + " above " + start);
    }
    assumeTrue(folder.isPresent(), "no folder " + PLACE + " above " + start);
    return folder.orElseThrow();
  }

  /** Where the paths in the profiles' source root lie here. */
  public static SourceLocator locator(Path data) {
    return path ->
        path.startsWith("/woc/src/") ? data.resolve("src").resolve(path.substring(9)) : null;
  }
}
