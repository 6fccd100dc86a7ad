// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** What a file system says of the files on it: its kind, its room, their numbers. */
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

  /** The path itself, or the nearest folder above it that exists. */
  public static Path existing(Path path) {
    Path existing = path.toAbsolutePath().normalize();
    Path parent = existing.getParent();
    while (parent != null && !Files.exists(existing)) {
      existing = parent;
      parent = existing.getParent();
    }
    return existing;
  }

  /**
   * The file's inode number, -1 where there is no such file. Without the device number, which for
   * network file systems changes from mount to mount.
   */
  public static long inode(Path file) throws IOException {
    try {
      return ((Number) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS)).longValue();
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  /** The number of the device that the file is on. */
  public static long device(Path file) throws IOException {
    return ((Number) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS)).longValue();
  }
}
