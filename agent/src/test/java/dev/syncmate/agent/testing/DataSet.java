// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A World-of-Code-like data set, made and verified by the same scripts as the demo's. */
public final class DataSet {
  private final Path folder;

  private DataSet(Path folder) {
    this.folder = folder;
  }

  /** Makes one of about so many bytes below the folder. */
  public static DataSet make(Path folder, String size, int seed) {
    run(
        List.of(
            "node",
            script("make-dataset.mjs"),
            "--out",
            folder.toString(),
            "--size",
            size,
            "--seed",
            Integer.toString(seed)));
    return new DataSet(folder);
  }

  public Path folder() {
    return folder;
  }

  public Path sourceProfile() {
    return folder.resolve("woc.src.json");
  }

  public Path destinationProfile() {
    return folder.resolve("woc.dst.json");
  }

  /** Checks every byte of the destination, and that what was unchanged is untouched. */
  public void verify() {
    run(List.of("node", script("verify-dataset.mjs"), folder.toString()));
  }

  private static String script(String name) {
    return Path.of(System.getProperty("syncmate.root", ".."), "scripts", "lib", name)
        .toAbsolutePath()
        .normalize()
        .toString();
  }

  private static void run(List<String> command) {
    try {
      Path log = Files.createTempFile("syncmate-dataset", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("ends in time: %s", command).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      Files.delete(log);
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
