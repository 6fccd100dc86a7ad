// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.LocalErrors;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A slice of a file that others may append to while it is read.
 *
 * <p><b>Threads.</b> As {@link SliceSource}.
 *
 * <p><b>Errors.</b> {@link TransferException}: source_missing and source_unreadable (OTHER_HOST),
 * read_failed (RETRY), source_changed (FAIL_TASK) when the file is shorter than the slice's end,
 * shrank, was replaced, or was rewritten in place between open and finish. Growth is no change.
 */
public final class FileSliceSource implements SliceSource {
  private final Path file;
  private final SliceRange range;
  private final String name;

  /** The slice, named in messages by its path and range. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes) {
    this(file, offsetBytes, lengthBytes, "%s[%d+%d]".formatted(file, offsetBytes, lengthBytes));
  }

  /** The slice, named in messages as told. */
  public FileSliceSource(Path file, long offsetBytes, long lengthBytes, String name) {
    this.file = file;
    this.range = new SliceRange(offsetBytes, lengthBytes);
    this.name = name;
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
      return new FileReader(before, FileChannel.open(file, StandardOpenOption.READ));
    } catch (IOException e) {
      throw LocalErrors.reading(name, e);
    }
  }

  private TransferException changed(String found) {
    return new TransferException(
        Disposition.FAIL_TASK,
        "source_changed",
        "%s: %s %s; plan again with a new profile".formatted(name, file, found));
  }

  private final class FileReader implements Reader {
    private final FileStamp before;
    private final FileChannel channel;
    private long doneBytes;

    FileReader(FileStamp before, FileChannel channel) {
      this.before = before;
      this.channel = channel;
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
        int count = channel.read(buffer, range.offsetBytes() + doneBytes);
        if (count < 0) {
          throw changed(
              "ends at byte %d (expected: at least %d bytes)"
                  .formatted(range.offsetBytes() + doneBytes, range.endBytes()));
        }
        doneBytes += count;
        return count;
      } catch (IOException e) {
        throw LocalErrors.reading(name, e);
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
      try {
        FileStamp now = FileStamp.of(file);
        if (!now.isGrowthOf(before)) {
          throw changed("changed while it was read: was %s, is %s".formatted(before, now));
        }
      } catch (IOException e) {
        throw LocalErrors.reading(name, e);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
