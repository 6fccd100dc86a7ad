// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the kernel reads ahead in a mount. It begins with 128 KiB, and buffered reads are never
 * larger than that; libfuse can only ask for less, but root may raise it. With more than half a MiB
 * four readers at once are slower again: what is read ahead leaves the processor's cache before it
 * is used (docs/benchmarks.md).
 *
 * <p><b>Errors.</b> None: a user's mount, or one in a container, keeps the kernel's.
 */
final class ReadAhead {
  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
  private static final String KIB = "384";

  private ReadAhead() {}

  static void raise(Path folder) {
    try {
      // Answered once the kernel has taken libfuse's wish, which would otherwise undo ours.
      Files.readAttributes(folder, BasicFileAttributes.class);
      Optional<Path> setting = setting(folder);
      if (setting.isPresent()) {
        Files.writeString(setting.get(), KIB, StandardOpenOption.WRITE);
      }
    } catch (IOException notAllowed) {
      LOG.debug("offsetfs.readahead.kept folder={} cause=\"{}\"", folder, notAllowed.toString());
    }
  }

  /** The kernel's file for that mount. */
  static Optional<Path> setting(Path folder) throws IOException {
    return MountTable.deviceAt(folder)
        .map(device -> Path.of("/sys/class/bdi", device, "read_ahead_kb"));
  }
}
