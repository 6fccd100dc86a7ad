// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces files at once: readers see the old one or the whole new one, also after a crash.
 *
 * <p><b>Errors.</b> One that fails leaves the old file, and no draft. A crash may leave a draft.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes the new content. */
  interface Content {
    void writeTo(FileChannel draft) throws IOException;
  }

  /** Replaces the file durably by one with this content. */
  public static void replace(Path file, byte[] content) throws IOException {
    replace(file, draft(file), to -> FileBytes.writeFully(to, ByteBuffer.wrap(content)));
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      DurableFiles.forceFolder(folder);
    }
  }

  /** Where {@link #replace(Path, byte[])} writes first, and what a crash may leave of it. */
  public static Path draft(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /** Writes the draft and gives it the file's name; which name it has is not durable yet. */
  static void replace(Path file, Path draft, Content content) throws IOException {
    Files.deleteIfExists(draft);
    boolean replaced = false;
    try {
      write(draft, content);
      moveOver(draft, file);
      replaced = true;
    } finally {
      if (!replaced) {
        Files.deleteIfExists(draft);
      }
    }
  }

  private static void write(Path draft, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      // Before it gets its name: after a crash the file might else be there, and empty.
      channel.force(true);
    }
  }

  /**
   * Gives what is ready the target's name, on one file system, if nothing has it. For a moment it
   * has both. Where the file system knows no hard links the name is only looked for before.
   *
   * @throws FileAlreadyExistsException when something has the name
   */
  public static void moveToNew(Path ready, Path target) throws IOException {
    try {
      Files.createLink(target, ready);
    } catch (FileAlreadyExistsException taken) {
      // A network file system may have done it and lost the answer.
      if (FileSystems.inode(target) != FileSystems.inode(ready)) {
        throw taken;
      }
    } catch (FileSystemException | UnsupportedOperationException noLinks) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      moveOver(ready, target);
      return;
    }
    Files.delete(ready);
  }

  /** Gives what is ready the target's name, on one file system. */
  public static void moveOver(Path ready, Path target) throws IOException {
    Files.move(ready, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
