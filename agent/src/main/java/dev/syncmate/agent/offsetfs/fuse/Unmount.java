// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ways to unmount, the gentle one first: umount2, umount2 that detaches (root both), fusermount
 * (for users, who have no umount2).
 *
 * <p><b>Errors.</b> Answers whether the folder is plain again.
 */
final class Unmount {
  private static final Logger LOG = LoggerFactory.getLogger(Unmount.class);
  private static final List<String> HELPERS = List.of("fusermount3", "fusermount");
  private static final long HELPER_SECONDS_MAX = 10;

  private Unmount() {}

  static boolean unmount(Path folder) {
    return byCall(folder, 0)
        || byCall(folder, LibC.MNT_DETACH)
        || HELPERS.stream().anyMatch(helper -> byHelper(helper, folder));
  }

  /**
   * Ends the fusermount that auto_unmount left waiting for the end of this process. It would wait
   * although its mount has gone.
   */
  static void endGuard(Path folder) {
    ProcessHandle.current()
        .children()
        .filter(child -> isGuard(child, folder))
        .forEach(
            guard -> {
              // It blocks all signals that can be blocked.
              guard.destroyForcibly();
              LibC.INSTANCE.waitpid(Math.toIntExact(guard.pid()), new int[1], 0);
            });
  }

  // Not by ProcessHandle.Info: of a setuid program a user is not told the command.
  private static boolean isGuard(ProcessHandle child, Path folder) {
    try {
      Path file = Path.of("/proc", Long.toString(child.pid()), "cmdline");
      List<String> words = List.of(Files.readString(file).split("\0", -1));
      return words.get(0).contains("fusermount") && words.contains(folder.toString());
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean byCall(Path folder, int flags) {
    return LibC.INSTANCE.umount2(folder.toString(), flags) == 0;
  }

  private static boolean byHelper(String helper, Path folder) {
    try {
      Process process =
          new ProcessBuilder(helper, "-u", "-z", "--", folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(HELPER_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException absent) {
      LOG.debug("offsetfs.unmount.no_helper helper={} cause=\"{}\"", helper, absent.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
