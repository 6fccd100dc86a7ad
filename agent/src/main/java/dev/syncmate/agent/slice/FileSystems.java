// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** What kind of file system a path lies on, and how much room it has. */
public final class FileSystems {
  /** File system types, as the kernel names them, whose bytes come over a network. */
  private static final Set<String> NETWORK_TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb3",
          "smbfs",
          "lustre",
          "ceph",
          "glusterfs",
          "9p",
          "gpfs",
          "afs");

  private FileSystems() {}

  /**
   * Whether the bytes of an existing path come over a network. Where the mount table doesn't tell,
   * as in some containers, a file system counts as local.
   */
  public static boolean isNetwork(Path existing) {
    try {
      String type = Files.getFileStore(existing).type().toLowerCase(Locale.ROOT);
      return NETWORK_TYPES.contains(type) || type.startsWith("fuse.");
    } catch (IOException | SecurityException notInTheMountTable) {
      return false;
    }
  }

  /**
   * Bytes that may still be written where an existing path lies; asks statvfs, which needs no mount
   * table.
   *
   * @throws IOException when it can't be found out
   */
  public static long usableBytes(Path existing) throws IOException {
    long usable = existing.toFile().getUsableSpace();
    if (usable == 0 && existing.toFile().getTotalSpace() == 0) {
      throw new IOException(existing + ": free space can't be found out");
    }
    return usable;
  }
}
