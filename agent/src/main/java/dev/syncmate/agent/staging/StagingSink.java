// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.disk.Holes;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;

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
  private final Place place;
  private final SliceRange slice;
  private final Duration lockWait;
  private final PassLog log;

  /** Opens the folder of the staging file; empty where it is gone. */
  interface Opener {
    Optional<OpenStaging> open();
  }

  /**
   * Where the slice goes.
   *
   * @param named for messages
   * @param positionBytes in the staging file
   */
  record Place(StagingFile named, Opener opener, String writerId, long positionBytes) {}

  /** Told about the passes over the slice. */
  interface PassLog {
    /** From here on an earlier pass counts for nothing. */
    void begun();

    /** The pass ended durably, in the staging file with this inode. */
    void durable(long inode);
  }

  StagingSink(Place place, SliceRange slice, Duration lockWait, PassLog log) {
    this.place = place;
    this.slice = slice;
    this.lockWait = lockWait;
    this.log = log;
  }

  @Override
  public String name() {
    return "%s[%d, %d)".formatted(place.named().part(), slice.offsetBytes(), slice.endBytes());
  }

  @Override
  public long lengthBytes() {
    return slice.lengthBytes();
  }

  @Override
  public Writer open() {
    OpenStaging folder = place.opener().open().orElseThrow(() -> moved(-1, -1));
    boolean begun = false;
    try {
      Writer pass = begin(folder);
      begun = true;
      return pass;
    } catch (IOException e) {
      throw DiskErrors.writing("staging file " + place.named().part(), e);
    } finally {
      if (!begun) {
        folder.close();
      }
    }
  }

  private Writer begin(OpenStaging folder) throws IOException {
    StagingFile file = folder.file();
    // Before the lock, so that a pass that comes after all is done leaves no lock file behind.
    long inode = requireInode(file, -1);
    StagingLock.Hold hold = StagingLock.shared(file.lock(), lockWait);
    if (hold == null) {
      throw new TransferException(
          Reason.STAGING_BUSY,
          "staging file %s is being placed (expected: free); take the slice again later"
              .formatted(place.named().part()));
    }
    boolean begun = false;
    try {
      requireInode(file, inode);
      log.begun();
      new StagingJournal(file, place.writerId())
          .append(JournalEntry.of(JournalEntry.Event.BEGUN, slice, null, inode));
      FileChannel channel =
          FileBytes.openToWrite(file.part(), (opened, links) -> requireInode(opened, inode));
      begun = true;
      return new Pass(folder, hold, channel, inode);
    } finally {
      if (!begun) {
        hold.close();
      }
    }
  }

  private long requireInode(StagingFile file, long expected) throws IOException {
    return requireInode(FileSystems.inode(file.part()), expected);
  }

  private long requireInode(long found, long expected) {
    if (found == -1 || (expected != -1 && found != expected)) {
      throw moved(found, expected);
    }
    return found;
  }

  private TransferException moved(long found, long expected) {
    return new TransferException(
        Reason.STAGING_MOVED,
        "staging file %s: inode %d (expected: %s); it was deleted or placed meanwhile"
            .formatted(place.named().part(), found, expected == -1 ? "a file" : expected));
  }

  private final class Pass implements Writer {
    private final OpenStaging folder;
    private final StagingLock.Hold hold;
    private final FileChannel channel;
    private final long inode;
    private long writtenBytes;

    Pass(OpenStaging folder, StagingLock.Hold hold, FileChannel channel, long inode) {
      this.folder = folder;
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
        Holes.writeFully(channel, buffer, place.positionBytes() + writtenBytes);
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
        Holes.extend(channel, place.positionBytes() + slice.lengthBytes());
        channel.force(false);
        // While the channel is open its inode number can't be given to another file.
        requireInode(folder.file(), inode);
      } catch (IOException e) {
        throw DiskErrors.writing("staging file " + name(), e);
      }
      log.durable(inode);
    }

    @Override
    public void close() throws IOException {
      try (folder;
          hold) {
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
