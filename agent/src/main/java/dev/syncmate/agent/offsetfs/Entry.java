// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import dev.syncmate.agent.disk.DiskFault;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in the directory, with what is known about its source.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Errors.</b> A source that is missing, shorter than it must be, or unreadable is {@link
 * Errno#EIO}; the cause is logged once until the source is well again.
 */
final class Entry {
  private static final Logger LOG = LoggerFactory.getLogger(Entry.class);
  private static final int WRITE_BITS = 0222;
  private static final int ALL_BITS = 0666;
  private static final long NEVER_SEEN = -1;

  private enum Fault {
    MISSING,
    SHRUNK,
    UNREADABLE,
    NOT_A_FILE
  }

  private final VirtualFile file;
  private final Access access;
  private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();
  // The longest that the source was. A file to the end has no other way to tell shrunken from
  // short.
  private final AtomicLong seenBytes = new AtomicLong(NEVER_SEEN);

  Entry(VirtualFile file, Access access) {
    this.file = file;
    this.access = access;
  }

  VirtualFile file() {
    return file;
  }

  Attributes attributes() throws ErrnoException {
    SourceStat stat = stat();
    long size = sizeOf(stat.sizeBytes(), seenBytes.get());
    saw(stat.sizeBytes());
    well();
    return attributes(stat, size);
  }

  Attributes attributes(SourceStat stat, long sizeBytes) {
    int shown = access == Access.READ_ONLY ? ALL_BITS & ~WRITE_BITS : ALL_BITS;
    return new Attributes(sizeBytes, stat.mode() & shown, stat.uid(), stat.gid(), stat.modified());
  }

  /** The source as it is. A writable file whose source never was there does not exist yet. */
  SourceStat stat() throws ErrnoException {
    SourceStat stat;
    try {
      stat = SourceStat.of(file.source());
    } catch (NoSuchFileException missing) {
      if (access == Access.READ_WRITE && seenBytes.get() == NEVER_SEEN) {
        throw new ErrnoException(
            Errno.ENOENT, "%s: source %s is not made yet".formatted(file.name(), file.source()));
      }
      throw broken(Fault.MISSING, "no such file", missing);
    } catch (IOException unreadable) {
      throw unreadable(unreadable);
    }
    if (!stat.isRegular()) {
      throw broken(Fault.NOT_A_FILE, "not a regular file", null);
    }
    return stat;
  }

  /**
   * Size to show for a source of that length.
   *
   * @param floorBytes the longest that the source was before
   */
  long sizeOf(long sourceBytes, long floorBytes) throws ErrnoException {
    if (file.isBounded()) {
      // A writable slice may be filled bit by bit: its size is the planned one, its gaps can't be
      // read.
      if (access == Access.READ_ONLY && sourceBytes < file.endBytes()) {
        throw shrunk(sourceBytes, file.endBytes());
      }
      return file.lengthBytes();
    }
    long needed = Math.max(file.offsetBytes(), floorBytes);
    if (sourceBytes < needed) {
      throw shrunk(sourceBytes, needed);
    }
    return sourceBytes - file.offsetBytes();
  }

  /** Refuses a source that is shorter than it was. */
  void requireWhole(long sourceBytes) throws ErrnoException {
    sizeOf(sourceBytes, seenBytes.get());
  }

  void saw(long sourceBytes) {
    seenBytes.accumulateAndGet(sourceBytes, Math::max);
  }

  /** The source answers as it should: the next fault is news. */
  void well() {
    fault.set(null);
  }

  ErrnoException shrunk(long foundBytes, long neededBytes) {
    return broken(
        Fault.SHRUNK,
        "source has %d bytes (expected: at least %d)".formatted(foundBytes, neededBytes),
        null);
  }

  /** An error of the source's own file system, while opening or reading. */
  ErrnoException unreadable(IOException cause) {
    String why = DiskFault.words(cause);
    return switch (DiskFault.of(cause)) {
      case DENIED -> {
        broken(Fault.UNREADABLE, why, cause);
        yield new ErrnoException(
            Errno.EACCES, "%s: %s: %s".formatted(file.name(), file.source(), why), cause);
      }
      case MISSING -> broken(Fault.MISSING, why, cause);
      default -> broken(Fault.UNREADABLE, why, cause);
    };
  }

  /** An error of the source's own file system, while writing. */
  ErrnoException unwritable(IOException cause) {
    ErrnoException asRead = unreadable(cause);
    return switch (DiskFault.of(cause)) {
      case NO_SPACE -> as(Errno.ENOSPC, asRead, cause);
      case QUOTA_EXCEEDED -> as(Errno.EDQUOT, asRead, cause);
      case TOO_LARGE -> as(Errno.EFBIG, asRead, cause);
      default -> asRead;
    };
  }

  private static ErrnoException as(Errno errno, ErrnoException said, IOException cause) {
    return new ErrnoException(errno, String.valueOf(said.getMessage()), cause);
  }

  private ErrnoException broken(Fault kind, String what, @Nullable Throwable cause) {
    if (fault.getAndSet(kind) != kind) {
      LOG.warn(
          "offsetfs.source.{} name={} source={} cause=\"{}\"",
          kind.name().toLowerCase(Locale.ROOT),
          file.name(),
          file.source(),
          what);
    }
    return new ErrnoException(
        Errno.EIO, "%s: source %s: %s".formatted(file.name(), file.source(), what), cause);
  }
}
