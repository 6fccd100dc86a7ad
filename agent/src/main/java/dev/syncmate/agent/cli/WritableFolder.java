// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The check, at the start, that a folder named by a flag can be written to. */
final class WritableFolder {
  private WritableFolder() {}

  /** Refuses a folder that this user can't write to, nor make; null passes. */
  static void require(String flag, @Nullable Path folder) {
    if (folder == null) {
      return;
    }
    Path wanted = folder.toAbsolutePath().normalize();
    Path existing = FileSystems.existing(wanted);
    String where = existing.equals(wanted) ? "" : ": %s".formatted(existing);
    if (!Files.isDirectory(existing)) {
      throw refused(flag, wanted, where + ": not a folder");
    }
    if (!Files.isWritable(existing) || !Files.isExecutable(existing)) {
      throw refused(flag, wanted, where + ": permission denied");
    }
  }

  private static CommandException refused(String flag, Path folder, String found) {
    return new CommandException(
        ExitCode.LOCAL_IO,
        "%s %s%s (expected: a folder that this user can write to, or make)"
            .formatted(flag, folder, found));
  }
}
