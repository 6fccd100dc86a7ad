// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the kernel reads ahead in a mount. It begins with 128 KiB, and buffered reads are never
 * larger than that; libfuse can only ask for less, but root may raise it.
 *
 * <p><b>Errors.</b> None: a user's mount, or one in a container, keeps the kernel's.
 */
final class ReadAhead {
  private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
  private static final String KIB = "1024";

  private ReadAhead() {}

  static void raise(Path folder) {
    try {
      Optional<String> device = MountTable.deviceAt(folder);
      if (device.isPresent()) {
        Path setting = Path.of("/sys/class/bdi", device.get(), "read_ahead_kb");
        Files.writeString(setting, KIB, StandardOpenOption.WRITE);
      }
    } catch (IOException notAllowed) {
      LOG.debug("offsetfs.readahead.kept folder={} cause=\"{}\"", folder, notAllowed.toString());
    }
  }
}
