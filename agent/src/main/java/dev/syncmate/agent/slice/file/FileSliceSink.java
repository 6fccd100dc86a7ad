// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.LocalErrors;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A slice of a file at its final offset; the file is made where there is none, and never truncated.
 *
 * <p><b>Threads.</b> As {@link SliceSink}; slices of one file may be written at the same time.
 *
 * <p><b>Errors.</b> {@link TransferException}: no_space and write_failed (RETRY), sink_denied
 * (STOP_AGENT), object_bad (RESEND) for more or fewer bytes than the slice has. {@code finish}
 * syncs the file; a new file's entry in its folder is the caller's to sync.
 */
public final class FileSliceSink implements SliceSink {
  private final Path file;
  private final SliceRange range;

  /** The slice {@code [offsetBytes, offsetBytes + lengthBytes)} of the file. */
  public FileSliceSink(Path file, long offsetBytes, long lengthBytes) {
    this.file = file;
    this.range = new SliceRange(offsetBytes, lengthBytes);
  }

  @Override
  public String name() {
    return "%s[%d+%d]".formatted(file, range.offsetBytes(), range.lengthBytes());
  }

  @Override
  public long lengthBytes() {
    return range.lengthBytes();
  }

  @Override
  public Writer open() {
    try {
      return new FileWriter(
          FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    } catch (IOException e) {
      throw LocalErrors.writing(name(), e);
    }
  }

  private final class FileWriter implements Writer {
    private final FileChannel channel;
    private long doneBytes;

    FileWriter(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(ByteBuffer buffer) {
      if (buffer.remaining() > range.lengthBytes() - doneBytes) {
        throw wrongLength("more than %d".formatted(range.lengthBytes()));
      }
      try {
        while (buffer.hasRemaining()) {
          doneBytes += channel.write(buffer, range.offsetBytes() + doneBytes);
        }
      } catch (IOException e) {
        throw LocalErrors.writing(name(), e);
      }
    }

    @Override
    public void finish() {
      if (doneBytes != range.lengthBytes()) {
        throw wrongLength("only %d".formatted(doneBytes));
      }
      try {
        channel.force(true);
      } catch (IOException e) {
        throw LocalErrors.writing(name(), e);
      }
    }

    private TransferException wrongLength(String got) {
      return new TransferException(
          Disposition.RESEND,
          "object_bad",
          "%s: %s bytes came (expected: %d); the slice must be sent again"
              .formatted(name(), got, range.lengthBytes()));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
