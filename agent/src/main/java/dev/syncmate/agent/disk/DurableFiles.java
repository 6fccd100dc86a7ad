// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** File operations that are still there after a power cut. */
public final class DurableFiles {
  private DurableFiles() {}

  /** Makes new, renamed and deleted names of the folder durable. */
  public static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some file systems (SMB, some FUSE ones) have no fsync for folders: EINVAL.
      if (!String.valueOf(e.getMessage()).contains("Invalid argument")) {
        throw e;
      }
    }
  }

  /** Makes the file's bytes and metadata durable, also of a file that may not be written. */
  public static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileBytes.openToRead(file)) {
      channel.force(true);
    }
  }

  /** Makes the folder and those above it that are missing. */
  public static void createFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      createFolders(parent);
    }
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    if (parent != null) {
      forceFolder(parent);
    }
  }

  /** Removes the folder when nothing is in it. */
  public static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }
}
