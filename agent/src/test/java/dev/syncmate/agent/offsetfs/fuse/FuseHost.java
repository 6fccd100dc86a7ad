// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.FuseVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What tests with real mounts share. */
public final class FuseHost {
  /** What a program said and its exit status. */
  public record Ran(int status, String output) {}

  private FuseHost() {}

  /** Skips the test, saying why, where FUSE can't be used. */
  public static void assumeFuse() {
    assumeFuse(FuseVersion.AUTO);
  }

  /** Skips the test, saying why, where that libfuse can't be used. */
  public static void assumeFuse(FuseVersion version) {
    Optional<String> reason = FuseSupport.check(version);
    assume(reason.isEmpty(), reason.orElse(""));
  }

  /** Skips the test, saying why, unless that holds. */
  public static void assume(boolean holds, String otherwise) {
    if (!holds) {
      System.out.println("skipped: " + otherwise);
    }
    Assumptions.assumeTrue(holds, otherwise);
  }

  /** Skips the test, saying why, where that command is missing or fails. */
  public static void assumeWorks(String... command) throws InterruptedException {
    try {
      Ran ran = run(command);
      assume(ran.status() == 0, command[0] + ": " + ran.output().strip());
    } catch (IOException absent) {
      assume(false, absent.getMessage());
    }
  }

  /** Runs a program of the host; its stderr is part of the output. */
  public static Ran run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  /** Whether the kernel lists a mount on or below the folder. */
  public static boolean isMountedUnder(Path folder) throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)
        .contains(" " + folder);
  }

  /** The kernel's file that says how far it reads ahead in what is mounted on the folder. */
  public static Path readAheadOf(Path folder) throws IOException {
    return ReadAhead.setting(folder).orElseThrow();
  }
}
