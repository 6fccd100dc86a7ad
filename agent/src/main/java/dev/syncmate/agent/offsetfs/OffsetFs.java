// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileSystems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A flat directory whose files are slices of other files: what OffsetFS does, without FUSE.
 *
 * <p><b>Units.</b> Bytes.
 *
 * <p><b>Threads.</b> Any. Files come and go while others are read.
 *
 * <p><b>Errors.</b> {@link ErrnoException}: unknown names are {@link Errno#ENOENT}, changes on a
 * read-only file system {@link Errno#EROFS}, a source that is missing or has shrunk {@link
 * Errno#EIO}: never an empty or a short file.
 *
 * <p><b>Source.</b> docs/offsetfs-semantics.md.
 */
public final class OffsetFs {
  private final Access access;
  private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();

  public OffsetFs(Access access) {
    this.access = access;
  }

  /** Whether its files may be written. */
  public Access access() {
    return access;
  }

  /**
   * Shows the file from now on.
   *
   * @throws IllegalArgumentException when the name is taken
   */
  public void add(VirtualFile file) {
    if (entries.putIfAbsent(file.name(), new Entry(file, access)) != null) {
      throw new IllegalArgumentException(
          "name: \"%s\" is taken (expected: each name once)".formatted(file.name()));
    }
  }

  /** Takes the file out of the directory; who has it open can go on. */
  public void remove(String name) {
    entries.remove(name);
  }

  /** The names, sorted. All of them, also those whose source is broken: that shows when used. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** The files, sorted by name. */
  public List<VirtualFile> files() {
    return entries.values().stream().map(Entry::file).toList();
  }

  public Attributes attributes(String name) throws ErrnoException {
    return entry(name).attributes();
  }

  /** Opens a file whose source is there. */
  public OpenFile open(String name, OpenMode mode) throws ErrnoException {
    Entry entry = entry(name);
    requireWritable(mode.write(), name);
    // Before opening: the open of a named pipe would wait for its other end.
    SourceStat stat = entry.stat();
    try {
      return opened(entry, mode, FileChannel.open(entry.file().source(), options(mode)), stat);
    } catch (ErrnoException e) {
      throw e;
    } catch (IOException e) {
      throw entry.unreadable(e);
    }
  }

  /** Opens a file; makes the source, and the folders that it is in, where it is not there. */
  public OpenFile create(String name, OpenMode mode) throws ErrnoException {
    Entry entry = entry(name);
    requireWritable(true, name);
    try {
      createSource(entry.file());
    } catch (FileAlreadyExistsException there) {
      return open(name, mode);
    } catch (IOException e) {
      throw entry.unwritable(e);
    }
    return open(name, mode);
  }

  /** Files can't be cut or stretched; setting the size that it has is granted. */
  public void truncate(String name, long sizeBytes) throws ErrnoException {
    Entry entry = entry(name);
    requireWritable(true, name);
    requireSize(name, entry.attributes().sizeBytes(), sizeBytes);
  }

  /** Sets the times of the source; null leaves one as it is. */
  public void setTimes(String name, @Nullable Instant accessed, @Nullable Instant modified)
      throws ErrnoException {
    Entry entry = entry(name);
    requireWritable(true, name);
    try {
      Path source = entry.file().source();
      if (accessed != null) {
        Files.setAttribute(source, "lastAccessTime", FileTime.from(accessed));
      }
      if (modified != null) {
        Files.setAttribute(source, "lastModifiedTime", FileTime.from(modified));
      }
    } catch (IOException e) {
      throw entry.unwritable(e);
    }
  }

  /**
   * The answer to all that would change the directory itself: making, removing, renaming, linking.
   */
  public Errno changeRefused() {
    return access == Access.READ_ONLY ? Errno.EROFS : Errno.EPERM;
  }

  /** Cheap on purpose: sizes of bounded slices only, room on the first source's file system. */
  public Usage usage() {
    long total = 0;
    long files = 0;
    for (Entry entry : entries.values()) {
      long length = Math.max(0, entry.file().lengthBytes());
      total = total > Long.MAX_VALUE - length ? Long.MAX_VALUE : total + length;
      files++;
    }
    return new Usage(total, access == Access.READ_ONLY ? 0 : usableBytes(), files);
  }

  static void requireSize(String name, long foundBytes, long wantedBytes) throws ErrnoException {
    if (foundBytes != wantedBytes) {
      throw new ErrnoException(
          Errno.EPERM,
          "%s: truncate to %d (expected: none, slices keep their size of %d)"
              .formatted(name, wantedBytes, foundBytes));
    }
  }

  private static OpenFile opened(Entry entry, OpenMode mode, FileChannel channel, SourceStat stat)
      throws IOException {
    try {
      OpenFile file = new OpenFile(entry, mode, channel, stat);
      entry.saw(channel.size());
      entry.well();
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void createSource(VirtualFile file) throws IOException {
    Path folder = file.source().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (FileChannel channel =
        FileChannel.open(file.source(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      // A file to the end begins where its slice begins; a shorter source would be a broken one.
      if (!file.isBounded() && file.offsetBytes() > 0) {
        FileBytes.writeFully(channel, ByteBuffer.allocate(1), file.offsetBytes() - 1);
      }
    }
  }

  private static Set<StandardOpenOption> options(OpenMode mode) {
    Set<StandardOpenOption> options = EnumSet.noneOf(StandardOpenOption.class);
    if (mode.read()) {
      options.add(StandardOpenOption.READ);
    }
    if (mode.write()) {
      options.add(StandardOpenOption.WRITE);
    }
    return options;
  }

  private long usableBytes() {
    var first = entries.firstEntry();
    if (first == null) {
      return 0;
    }
    try {
      return FileSystems.usableBytes(FileSystems.existing(first.getValue().file().source()));
    } catch (IOException unknown) {
      return 0;
    }
  }

  private Entry entry(String name) throws ErrnoException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new ErrnoException(Errno.ENOENT, name + ": no such file");
    }
    return entry;
  }

  private void requireWritable(boolean writes, String name) throws ErrnoException {
    if (writes && access == Access.READ_ONLY) {
      throw readOnly(name);
    }
  }

  private static ErrnoException readOnly(String name) {
    return new ErrnoException(Errno.EROFS, name + ": read-only file system");
  }
}
