// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import dev.syncmate.agent.disk.FileBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * An open file of OffsetFS. Stays usable when the file is removed from the directory, and when its
 * source is renamed or replaced: then it is still the old one.
 *
 * <p><b>Units.</b> Positions are bytes from the start of the slice.
 *
 * <p><b>Threads.</b> Any; reads run in parallel. Close it only when no other call is under way.
 *
 * <p><b>Errors.</b> {@link ErrnoException}. A byte that must be there and is not is {@link
 * Errno#EIO}, never a short read.
 */
public final class OpenFile implements Closeable {
  private final Entry entry;
  private final VirtualFile file;
  private final OpenMode mode;
  private final FileChannel channel;
  private final SourceStat opened;
  // Its own high-water mark: the directory's is about the path, which may be another file by now.
  private volatile long seenBytes;

  OpenFile(Entry entry, OpenMode mode, FileChannel channel, SourceStat opened)
      throws ErrnoException {
    this.entry = entry;
    this.file = entry.file();
    this.mode = mode;
    this.channel = channel;
    this.opened = opened;
    long size = sourceBytes();
    entry.requireWhole(size);
    if (!mode.write() && file.isBounded() && size < file.endBytes()) {
      throw entry.shrunk(size, file.endBytes());
    }
    seenBytes = size;
  }

  /** How it was opened. */
  public OpenMode mode() {
    return mode;
  }

  /** Attributes of the file that is open. */
  public Attributes attributes() throws ErrnoException {
    long size = entry.sizeOf(sourceBytes(), seenBytes);
    return entry.attributes(freshStat(), size);
  }

  /**
   * Reads into the buffer, as much as it has room for.
   *
   * @return bytes read; less than the room only at the end of the slice, 0 behind it
   */
  public int read(ByteBuffer into, long position) throws ErrnoException {
    if (!mode.read()) {
      throw new ErrnoException(Errno.EBADF, file.name() + ": not open for reading");
    }
    int wanted = (int) Math.min(into.remaining(), room(position));
    if (wanted == 0) {
      return 0;
    }
    long floor = seenBytes;
    long from = file.offsetBytes() + position;
    int got = readFully(into.limit(into.position() + wanted), from);
    if (got < wanted && (file.isBounded() || from + got < floor)) {
      throw entry.shrunk(sourceBytes(), file.isBounded() ? file.endBytes() : floor);
    }
    saw(from + got, got);
    return got;
  }

  /**
   * Writes what the buffer holds, as much of it as the slice has room for.
   *
   * @return bytes written, at least one unless the buffer is empty
   * @throws ErrnoException {@link Errno#ENOSPC} behind the end of a bounded slice
   */
  public int write(ByteBuffer from, long position) throws ErrnoException {
    if (!mode.write()) {
      throw new ErrnoException(Errno.EBADF, file.name() + ": not open for writing");
    }
    if (!mode.append()) {
      return writeAt(from, position);
    }
    synchronized (this) {
      return writeAt(from, entry.sizeOf(sourceBytes(), seenBytes));
    }
  }

  /** Files can't be cut or stretched; setting the size that it has is granted. */
  public void truncate(long sizeBytes) throws ErrnoException {
    OffsetFs.requireSize(file.name(), attributes().sizeBytes(), sizeBytes);
  }

  /** Makes what was written durable (fsync). */
  public void force(boolean metadata) throws ErrnoException {
    try {
      channel.force(metadata);
    } catch (IOException e) {
      throw entry.unwritable(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private int writeAt(ByteBuffer from, long position) throws ErrnoException {
    int wanted = (int) Math.min(from.remaining(), room(position));
    if (wanted == 0) {
      if (!from.hasRemaining()) {
        return 0;
      }
      throw new ErrnoException(
          file.isBounded() ? Errno.ENOSPC : Errno.EFBIG,
          "%s: write at %d (expected: below %d)"
              .formatted(file.name(), position, file.sizeMaxBytes()));
    }
    long to = file.offsetBytes() + position;
    int limit = from.limit();
    int written = writeFully(from.limit(from.position() + wanted), to);
    from.limit(limit);
    saw(to + written, written);
    return written;
  }

  private long room(long position) throws ErrnoException {
    if (position < 0) {
      throw new ErrnoException(
          Errno.EINVAL, "%s: position %d (expected: >= 0)".formatted(file.name(), position));
    }
    return Math.max(0, file.sizeMaxBytes() - position);
  }

  private int readFully(ByteBuffer into, long from) throws ErrnoException {
    try {
      return FileBytes.readFully(channel, into, from);
    } catch (IOException e) {
      throw entry.unreadable(e);
    }
  }

  private int writeFully(ByteBuffer from, long to) throws ErrnoException {
    int start = from.position();
    try {
      FileBytes.writeFully(channel, from, to);
    } catch (IOException e) {
      // What was written counts; the caller's next write meets the error again.
      if (from.position() == start) {
        throw entry.unwritable(e);
      }
    }
    return from.position() - start;
  }

  private void saw(long endBytes, int bytes) {
    if (bytes > 0 && endBytes > seenBytes) {
      synchronized (this) {
        seenBytes = Math.max(seenBytes, endBytes);
      }
    }
  }

  // Mode and times of the path while it is the file that is open; of the past where it no longer
  // is.
  private SourceStat freshStat() {
    try {
      SourceStat now = SourceStat.of(file.source());
      return now.isSameFile(opened) ? now : opened;
    } catch (IOException gone) {
      return opened;
    }
  }

  private long sourceBytes() throws ErrnoException {
    try {
      return channel.size();
    } catch (IOException e) {
      throw entry.unreadable(e);
    }
  }
}
