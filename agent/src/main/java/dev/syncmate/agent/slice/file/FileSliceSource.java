// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slice of a file that others may append to while it is read.
 *
 * <p><b>Threads.</b> As {@link SliceSource}.
 *
 * <p><b>Errors.</b> {@link TransferException}: source_missing and source_unreadable (OTHER_HOST),
 * read_failed (RETRY), source_changed (FAIL_TASK) when the file is shorter than the slice's end,
 * shrank, was replaced, or was rewritten in place between open and finish. Growth is no change. A
 * mount that can't be opened is logged and the file is read instead.
 */
public final class FileSliceSource implements SliceSource {
  private static final Logger LOG = LoggerFactory.getLogger(FileSliceSource.class);
  // The largest read that FUSE makes one request of.
  private static final int MOUNT_READ_BYTES = 1 << 20;

  private final Path file;
  private final SliceRange range;
  private final String name;
  private final @Nullable Path mounted;

  /** The slice, named in messages by its path and range. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes) {
    this(file, offsetBytes, lengthBytes, "%s[%d+%d]".formatted(file, offsetBytes, lengthBytes));
  }

  /** The slice, named in messages as told. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes, String name) {
    this(file, new SliceRange(offsetBytes, lengthBytes), name, null);
  }

  private FileSliceSource(Path file, SliceRange range, String name, @Nullable Path mounted) {
    this.file = file;
    this.range = range;
    this.name = name;
    this.mounted = mounted;
  }

  /**
   * The slice as a mount shows it. What is watched for changes is still the file: through a mount
   * its growth would look like a rewrite, as the size stays and the time does not.
   */
  public FileSliceSource through(Path mountedSlice) {
    return new FileSliceSource(file, range, name, mountedSlice);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long lengthBytes() {
    return range.lengthBytes();
  }

  @Override
  public Reader open() {
    try {
      // Stat'ed before it is opened: a file that is replaced in between is then found at finish.
      FileStamp before = FileStamp.of(file);
      if (!before.regular()) {
        throw changed("is not a regular file");
      }
      if (before.sizeBytes() < range.endBytes()) {
        throw changed(
            "has %d bytes (expected: at least %d)".formatted(before.sizeBytes(), range.endBytes()));
      }
      return reader(before);
    } catch (IOException e) {
      throw DiskErrors.reading(name, e);
    }
  }

  private FileReader reader(FileStamp before) throws IOException {
    if (mounted != null) {
      try {
        return new FileReader(before, FileChannel.open(mounted, StandardOpenOption.READ), 0, true);
      } catch (IOException noMount) {
        LOG.warn("slice.mount.unreadable slice={} cause=\"{}\"", name, noMount.toString());
      }
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new FileReader(before, channel, range.offsetBytes(), false);
  }

  private TransferException changed(String found) {
    return new TransferException(
        Reason.SOURCE_CHANGED,
        "%s: %s %s; plan again with a new profile".formatted(name, file, found));
  }

  private final class FileReader implements Reader {
    private final FileStamp before;
    private final FileChannel channel;
    private final long firstByte;
    private final boolean throughMount;
    // Of a mount: what one request brought and was not asked for yet.
    private final ByteBuffer ahead;
    private long fetchedBytes;
    private long doneBytes;

    FileReader(FileStamp before, FileChannel channel, long firstByte, boolean throughMount) {
      this.before = before;
      this.channel = channel;
      this.firstByte = firstByte;
      this.throughMount = throughMount;
      this.ahead = ByteBuffer.allocateDirect(throughMount ? MOUNT_READ_BYTES : 0).limit(0);
    }

    @Override
    public int read(ByteBuffer buffer) {
      long left = range.lengthBytes() - doneBytes;
      if (left == 0) {
        return -1;
      }
      int limit = buffer.limit();
      buffer.limit(buffer.position() + (int) Math.min(left, buffer.remaining()));
      try {
        int count = throughMount ? readAhead(buffer) : channel.read(buffer, firstByte + doneBytes);
        if (count < 0) {
          throw changed(
              "ends at byte %d (expected: at least %d bytes)"
                  .formatted(range.offsetBytes() + doneBytes, range.endBytes()));
        }
        doneBytes += count;
        return count;
      } catch (IOException e) {
        if (throughMount) {
          requireUnchanged();
        }
        throw DiskErrors.reading(name, e);
      } finally {
        buffer.limit(limit);
      }
    }

    @Override
    public void finish() {
      if (doneBytes != range.lengthBytes()) {
        throw new IllegalStateException(
            "%s: finished after %d of %d bytes".formatted(name, doneBytes, range.lengthBytes()));
      }
      requireUnchanged();
    }

    private int readAhead(ByteBuffer buffer) throws IOException {
      if (!ahead.hasRemaining()) {
        ahead.clear();
        int got = channel.read(ahead, fetchedBytes);
        ahead.flip();
        if (got < 0) {
          return got;
        }
        fetchedBytes += got;
      }
      int count = Math.min(buffer.remaining(), ahead.remaining());
      buffer.put(buffer.position(), ahead, ahead.position(), count);
      buffer.position(buffer.position() + count);
      ahead.position(ahead.position() + count);
      return count;
    }

    private void requireUnchanged() {
      try {
        FileStamp now = FileStamp.of(file);
        if (!now.isGrowthOf(before)) {
          throw changed("changed while it was read: was %s, is %s".formatted(before, now));
        }
      } catch (IOException e) {
        throw DiskErrors.reading(name, e);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
