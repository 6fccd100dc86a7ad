// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A slice's place in a staging file.
 *
 * <p><b>Threads.</b> As the port says: immutable, a writer belongs to one thread at a time.
 *
 * <p><b>Errors.</b> Reasons: object_bad (RESEND) when more or fewer bytes come than the slice has,
 * staging_busy (RETRY) while the file is being placed, staging_moved (RETRY) when the staging file
 * was deleted or replaced, and those of {@link DiskErrors#writing}.
 */
final class StagingSink implements SliceSink {
  private final StagingFile file;
  private final StagingJournal journal;
  private final SliceRange slice;
  private final long positionBytes;
  private final Duration lockWait;
  private final PassLog log;

  /** Told about the passes over the slice. */
  interface PassLog {
    /** From here on an earlier pass counts for nothing. */
    void begun();

    /** The pass ended durably, in the staging file with this inode. */
    void durable(long inode);
  }

  StagingSink(
      StagingFile file,
      StagingJournal journal,
      SliceRange slice,
      long positionBytes,
      Duration lockWait,
      PassLog log) {
    this.file = file;
    this.journal = journal;
    this.slice = slice;
    this.positionBytes = positionBytes;
    this.lockWait = lockWait;
    this.log = log;
  }

  @Override
  public String name() {
    return "%s[%d, %d)".formatted(file.part(), slice.offsetBytes(), slice.endBytes());
  }

  @Override
  public long lengthBytes() {
    return slice.lengthBytes();
  }

  @Override
  public Writer open() {
    try {
      return begin();
    } catch (IOException e) {
      throw DiskErrors.writing("staging file " + file.part(), e);
    }
  }

  private Writer begin() throws IOException {
    // Before the lock, so that a pass that comes after all is done leaves no lock file behind.
    long inode = requireInode(-1);
    StagingLock.Hold hold = StagingLock.shared(file.lock(), lockWait);
    if (hold == null) {
      throw new TransferException(
          Reason.STAGING_BUSY,
          "staging file %s is being placed (expected: free); take the slice again later"
              .formatted(file.part()));
    }
    boolean begun = false;
    FileChannel channel = null;
    try {
      requireInode(inode);
      log.begun();
      journal.append(JournalEntry.of(JournalEntry.Event.BEGUN, slice, null, inode));
      channel = FileChannel.open(file.part(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      requireInode(inode);
      begun = true;
      return new Pass(hold, channel, inode);
    } finally {
      if (!begun) {
        try (hold) {
          if (channel != null) {
            channel.close();
          }
        }
      }
    }
  }

  private long requireInode(long expected) throws IOException {
    long inode = FileSystems.inode(file.part());
    if (inode == -1 || (expected != -1 && inode != expected)) {
      throw new TransferException(
          Reason.STAGING_MOVED,
          "staging file %s: inode %d (expected: %s); it was deleted or placed meanwhile"
              .formatted(file.part(), inode, expected == -1 ? "a file" : expected));
    }
    return inode;
  }

  private final class Pass implements Writer {
    private final StagingLock.Hold hold;
    private final FileChannel channel;
    private final long inode;
    private long writtenBytes;

    Pass(StagingLock.Hold hold, FileChannel channel, long inode) {
      this.hold = hold;
      this.channel = channel;
      this.inode = inode;
    }

    @Override
    public void write(ByteBuffer buffer) {
      if (buffer.remaining() > slice.lengthBytes() - writtenBytes) {
        throw wrongLength(writtenBytes + buffer.remaining());
      }
      try {
        int length = buffer.remaining();
        FileBytes.writeFully(channel, buffer, positionBytes + writtenBytes);
        writtenBytes += length;
      } catch (IOException e) {
        throw DiskErrors.writing("staging file " + name(), e);
      }
    }

    @Override
    public void finish() {
      if (writtenBytes != slice.lengthBytes()) {
        throw wrongLength(writtenBytes);
      }
      try {
        channel.force(false);
        // While the channel is open its inode number can't be given to another file.
        requireInode(inode);
      } catch (IOException e) {
        throw DiskErrors.writing("staging file " + name(), e);
      }
      log.durable(inode);
    }

    @Override
    public void close() throws IOException {
      try (hold) {
        channel.close();
      }
    }

    private TransferException wrongLength(long foundBytes) {
      return new TransferException(
          Reason.OBJECT_BAD,
          "slice %s: object has %s%d bytes (expected: %d); it must be sent again"
              .formatted(
                  name(),
                  foundBytes > slice.lengthBytes() ? "at least " : "",
                  foundBytes,
                  slice.lengthBytes()));
    }
  }
}
