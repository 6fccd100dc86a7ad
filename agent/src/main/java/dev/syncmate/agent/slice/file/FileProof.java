// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SentFile;
import dev.syncmate.agent.slice.SentSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SourceStamp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices that were sent once more, and says whether they were all one state of their file.
 *
 * <p>Each was read when it was sent and is read again after the last of them was sent. Where both
 * times it was the same, there was a moment in between at which the file held all of them. Not read
 * are slices whose settled stamp the file still has before and after the rest was read. Slices of
 * another copy (inode) count as sent only once they were read here: these are read twice.
 *
 * <p><b>Errors.</b> {@link TransferException}, as of {@link FileSliceSource}: source_changed where
 * the file isn't, or doesn't stay, what the slices are from.
 *
 * <p><b>Source.</b> docs/adr/0017-one-state-of-the-source.md.
 */
public final class FileProof {
  private final Path file;
  private final SentFile sent;
  private final Runnable check;

  private FileProof(Path file, SentFile sent, Runnable check) {
    this.file = file;
    this.sent = sent;
    this.check = check;
  }

  /**
   * Reads; blocks the caller.
   *
   * @param check called now and then; what it throws ends the reading
   * @return the first slice that isn't what was sent, for people; null: there is none
   */
  public static @Nullable String differs(Path file, SentFile sent, Runnable check) {
    try {
      return new FileProof(file, sent, check).differing();
    } catch (IOException e) {
      throw DiskErrors.reading(file.toString(), e);
    }
  }

  private @Nullable String differing() throws IOException {
    SourceStamp before = stamp();
    Predicate<SentSlice> elsewhere = slice -> !isFrom(before, slice);
    Predicate<SentSlice> untouched = slice -> isUntouched(before, slice);
    String found = differing(elsewhere);
    if (found == null) {
      found = differing(untouched.negate());
    }
    boolean still = stamp().equalsState(before);
    return found == null && !still ? differing(untouched) : found;
  }

  private static boolean isFrom(SourceStamp file, SentSlice slice) {
    SourceStamp stamp = slice.stamp();
    return stamp != null && stamp.inode() == file.inode();
  }

  private static boolean isUntouched(SourceStamp file, SentSlice slice) {
    SourceStamp stamp = slice.stamp();
    return stamp != null && stamp.settled() && stamp.equalsState(file);
  }

  private SourceStamp stamp() throws IOException {
    SourceStamp found = FileStamps.of(file, InstantSource.system());
    SourceStamp first = sent.first();
    if (found == null || (first != null && !found.continues(first))) {
      throw new TransferException(
          Reason.SOURCE_CHANGED,
          "%s: is %s (expected: %s, as when its first slice was read); plan again with a new profile"
              .formatted(file, found == null ? "no regular file" : found, first));
    }
    return found;
  }

  private @Nullable String differing(Predicate<SentSlice> which) throws IOException {
    List<SentSlice> slices = sent.slices().stream().filter(which).toList();
    for (SentSlice slice : slices) {
      SliceRange range = slice.slice().range();
      FileSliceSource source =
          new FileSliceSource(file, range.offsetBytes(), range.lengthBytes())
              .expecting(sent.first());
      String sha256 = SliceDigest.of(source, check);
      if (!sha256.equals(slice.slice().sha256())) {
        return "%s: sha256 is %s (expected: %s, as sent); the file changed while it was sent, plan again with a new profile"
            .formatted(source.name(), sha256, slice.slice().sha256());
      }
    }
    return null;
  }
}
