// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.slice.StampedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slice of a file that others may append to while it is read.
 *
 * <p>Growth, or another ctime alone (a link, a chmod, a time put back), leaves a stamp that isn't
 * settled: whether the bytes are those of one state is then for another look at them.
 *
 * <p><b>Threads.</b> As {@link dev.syncmate.agent.slice.SliceSource}.
 *
 * <p><b>Errors.</b> {@link TransferException}: source_missing and source_unreadable (OTHER_HOST),
 * read_failed (RETRY), source_changed (FAIL_TASK) when the file is shorter than the slice's end,
 * shrank, was replaced, or was rewritten in place between open and finish, or since the stamp that
 * is expected. A mount that can't be opened is logged and the file is read instead.
 */
public final class FileSliceSource implements StampedSource {
  private static final Logger LOG = LoggerFactory.getLogger(FileSliceSource.class);
  // The largest read that FUSE makes one request of.
  private static final int MOUNT_READ_BYTES = 1 << 20;

  private final Path file;
  private final SliceRange range;
  private final String name;
  private final @Nullable Path mounted;
  private final @Nullable SourceStamp first;
  private final InstantSource clock;
  private volatile @Nullable SourceStamp stamp;

  /** The slice, named in messages by its path and range. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes) {
    this(file, offsetBytes, lengthBytes, "%s[%d+%d]".formatted(file, offsetBytes, lengthBytes));
  }

  /** The slice, named in messages as told. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes, String name) {
    this.file = file;
    this.range = new SliceRange(offsetBytes, lengthBytes);
    this.name = name;
    this.mounted = null;
    this.first = null;
    this.clock = InstantSource.system();
  }

  private FileSliceSource(FileSliceSource of, Seen seen) {
    this.file = of.file;
    this.range = of.range;
    this.name = of.name;
    this.mounted = seen.mounted();
    this.first = seen.first();
    this.clock = seen.clock();
  }

  /** How a slice is looked at. */
  private record Seen(@Nullable Path mounted, @Nullable SourceStamp first, InstantSource clock) {}

  /** The slice of a file that must be what it was at that stamp, or that grown. */
  public FileSliceSource expecting(@Nullable SourceStamp stamp) {
    return new FileSliceSource(this, new Seen(mounted, stamp, clock));
  }

  /** The slice, with another clock to compare the file's times with. */
  FileSliceSource by(InstantSource other) {
    return new FileSliceSource(this, new Seen(mounted, first, other));
  }

  /**
   * The slice as a mount shows it. What is watched for changes is still the file: through a mount
   * its growth would look like a rewrite, as the size stays and the time does not.
   */
  public FileSliceSource through(Path mountedSlice) {
    return new FileSliceSource(this, new Seen(mountedSlice, first, clock));
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
  public @Nullable SourceStamp stamp() {
    return stamp;
  }

  @Override
  public Reader open() {
    try {
      // Stat'ed before it is opened: a file that is replaced in between is then found at finish.
      SourceStamp before = look();
      if (first != null && !before.continues(first)) {
        throw changed("is %s (expected: %s, as its slices before)".formatted(before, first));
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

  private SourceStamp look() throws IOException {
    SourceStamp found = FileStamps.of(file, clock);
    if (found == null) {
      throw changed("is not a regular file");
    }
    return found;
  }

  private FileReader reader(SourceStamp before) throws IOException {
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
    private final SourceStamp before;
    private final FileChannel channel;
    private final long firstByte;
    private final boolean throughMount;
    // Of a mount: what one request brought and was not asked for yet.
    private final ByteBuffer ahead;
    private long fetchedBytes;
    private long doneBytes;

    FileReader(SourceStamp before, FileChannel channel, long firstByte, boolean throughMount) {
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
          requireGrowth();
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
      SourceStamp after = requireGrowth();
      stamp = after.equalsState(before) ? before : before.unsettled();
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

    private SourceStamp requireGrowth() {
      try {
        SourceStamp now = look();
        if (!now.continues(before)) {
          throw changed("changed while it was read: was %s, is %s".formatted(before, now));
        }
        return now;
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
