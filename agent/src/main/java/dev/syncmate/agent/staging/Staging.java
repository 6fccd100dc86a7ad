// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.FileAccess;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.disk.FreeSpace;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that this host is receiving: one sparse file a transfer, with journals beside it that
 * say which slices are verified, so that a restart downloads none of them again. Several agents of
 * one domain may write to the same staging file at once.
 *
 * <p><b>Units.</b> A slice lies at its offset in the target less the transfer's offset: the staging
 * file of a full transfer is the file, that of an append is the tail.
 *
 * <p><b>Threads.</b> Any. All calls block.
 *
 * <p><b>Errors.</b> {@link TransferException} only; reasons: those of the {@link TargetPaths},
 * staging_busy and staging_moved (RETRY), and those of {@link DiskErrors#writing}.
 */
public final class Staging {
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);
  private static final Pattern WRITER_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final TargetPaths targets;
  private final @Nullable Path cacheDir;
  private final String writerId;
  private final Duration lockWait;

  /** Passes that ended durably and wait for their verdict; value: inode of the staging file. */
  private final Map<DurablePass, Long> durable = new ConcurrentHashMap<>();

  private record DurablePass(StagingFile named, SliceRange slice) {}

  /** What is done with a transfer's files in staging. */
  private interface Work<T> {
    T on(OpenStaging open) throws IOException;
  }

  /**
   * @param cacheDir where staging lies, null for beside each target
   * @param writerId names this agent's journals: its session id, or anything else that no other
   *     agent has
   */
  public Staging(TargetPaths targets, @Nullable Path cacheDir, String writerId) {
    this(targets, cacheDir, writerId, LOCK_WAIT);
  }

  Staging(TargetPaths targets, @Nullable Path cacheDir, String writerId, Duration lockWait) {
    if (!WRITER_ID.matcher(writerId).matches()) {
      throw new IllegalArgumentException(
          "writerId: %s (expected: 1 to 64 letters, digits, _ and -)".formatted(writerId));
    }
    this.targets = targets;
    this.cacheDir = cacheDir == null ? null : cacheDir.toAbsolutePath().normalize();
    this.writerId = writerId;
    this.lockWait = lockWait;
  }

  /** Where the transfer's files in staging are, as names without links. */
  public StagingFile file(StagedTransfer transfer) {
    Path base = cacheDir != null ? real(cacheDir) : parent(target(transfer));
    return StagingFile.in(base, transfer.id());
  }

  /** The transfer's files in staging; empty where there is no folder for them. */
  public Optional<OpenStaging> open(StagedTransfer transfer) {
    StagingFile named = file(transfer);
    try {
      return OpenStaging.of(named);
    } catch (IOException e) {
      throw DiskErrors.writing("staging folder " + named.folder(), e);
    }
  }

  /** The same; makes the folder durably if there is none, and no file. */
  public OpenStaging create(StagedTransfer transfer) {
    StagingFile named = file(transfer);
    try {
      if (cacheDir != null) {
        DurableFiles.createFolders(cacheDir);
        named = file(transfer);
      }
      return OpenStaging.create(named);
    } catch (IOException e) {
      throw DiskErrors.writing("staging folder " + named.folder(), e);
    }
  }

  /**
   * The final path of the transfer's file, with symlinks resolved.
   *
   * @throws TransferException when it must not be written
   */
  public Path target(StagedTransfer transfer) {
    return targets.target(transfer.target());
  }

  /** The final path of the transfer's file as all hosts call it: before path maps and symlinks. */
  public String name(StagedTransfer transfer) {
    return targets.named(transfer.target());
  }

  /** Where the slice's bytes go; makes the staging file if there is none. */
  public SliceSink sink(StagedTransfer transfer, SliceRange slice) {
    transfer.requirePart(slice);
    StagingFile named;
    try (OpenStaging open = create(transfer)) {
      named = open.named();
      createFile(open, transfer);
    }
    return new StagingSink(
        new StagingSink.Place(
            named, () -> open(transfer), writerId, slice.offsetBytes() - transfer.offsetBytes()),
        slice,
        lockWait,
        passLog(new DurablePass(named, slice)));
  }

  /** Whether the slice lies in staging, durable and with this SHA-256, from any agent. */
  public boolean isVerified(StagedTransfer transfer, DigestedSlice slice) {
    transfer.requirePart(slice.range());
    return slices(transfer).isVerified(slice);
  }

  /**
   * Notes durably that the slice, as the last finished pass of its sink wrote it, has this SHA-256.
   *
   * @throws IllegalStateException when no pass was finished
   */
  public void recordVerified(StagedTransfer transfer, DigestedSlice slice) {
    StagingFile named = file(transfer);
    DurablePass pass = new DurablePass(named, slice.range());
    Long inode = durable.get(pass);
    if (inode == null) {
      throw new IllegalStateException(
          "%s: no finished pass over %s".formatted(named.part(), slice.range()));
    }
    boolean recorded =
        inFolder(transfer, "journal of staging file", open -> record(open.file(), slice, inode))
            .orElse(false);
    if (!recorded) {
      throw moved(named);
    }
    durable.remove(pass);
  }

  private boolean record(StagingFile file, DigestedSlice slice, long inode) throws IOException {
    if (FileSystems.inode(file.part()) != inode) {
      return false;
    }
    journal(file)
        .append(JournalEntry.of(JournalEntry.Event.VERIFIED, slice.range(), slice.sha256(), inode));
    return true;
  }

  /** What the journals of all agents prove about the transfer's staging file. */
  public StagedSlices slices(StagedTransfer transfer) {
    return inFolder(transfer, "journals of staging file", open -> slices(open.file(), transfer))
        .orElseGet(() -> new StagedSlices(List.of(), -1, -1, transfer.offsetBytes()));
  }

  private StagedSlices slices(StagingFile file, StagedTransfer transfer) throws IOException {
    long inode = FileSystems.inode(file.part());
    long heldBytes =
        inode != -1 && Files.isRegularFile(file.part(), LinkOption.NOFOLLOW_LINKS)
            ? Files.size(file.part())
            : -1;
    List<JournalEntry> entries = inode == -1 ? List.of() : journal(file).read();
    return new StagedSlices(entries, inode, heldBytes, transfer.offsetBytes());
  }

  /**
   * Forgets that these slices were verified, so that they are received again. Only for who has the
   * staging file's lock exclusively.
   */
  public void revoke(StagedTransfer transfer, Set<SliceRange> bad) {
    inFolder(
        transfer,
        "journals of staging file",
        open -> {
          journal(open.file())
              .removeIf(
                  entry ->
                      entry.event() == JournalEntry.Event.VERIFIED && bad.contains(entry.range()));
          return true;
        });
  }

  /**
   * Deletes the transfer's bytes and journals. Only for who has the staging file's lock
   * exclusively.
   */
  public void discard(StagedTransfer transfer) {
    inFolder(
        transfer,
        "staging file",
        open -> {
          // The bytes first: journals without a file prove nothing.
          Files.deleteIfExists(open.file().part());
          journal(open.file()).delete();
          return true;
        });
  }

  private <T> Optional<T> inFolder(StagedTransfer transfer, String what, Work<T> work) {
    Optional<OpenStaging> found = open(transfer);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (OpenStaging open = found.get()) {
      return Optional.of(work.on(open));
    } catch (IOException e) {
      throw DiskErrors.writing(what + " " + file(transfer).part(), e);
    }
  }

  /** Free bytes for staging: of the cache folder, else of the fullest place for targets. */
  public long freeBytes() {
    Stream<Path> folders = cacheDir != null ? Stream.of(cacheDir) : targets.roots().stream();
    return folders.mapToLong(FreeSpace::bytes).min().orElse(0);
  }

  private synchronized void createFile(OpenStaging open, StagedTransfer transfer) {
    Path name = open.named().part();
    StagingFile file = open.file();
    try {
      if (isUsable(file, transfer)) {
        return;
      }
      try (StagingLock.Hold hold = StagingLock.exclusive(file.lock(), lockWait)) {
        if (hold == null) {
          throw new TransferException(
              Reason.STAGING_BUSY,
              "staging file %s: another agent writes or places it (expected: free); it is tried again"
                  .formatted(name));
        }
        if (!isUsable(file, transfer)) {
          createFresh(file, transfer);
        }
      }
    } catch (IOException e) {
      throw DiskErrors.writing("staging file " + name, e);
    }
  }

  /** A longer file is of another transfer with the same ids (a coordinator that began anew). */
  private static boolean isUsable(StagingFile file, StagedTransfer transfer) throws IOException {
    return Files.isRegularFile(file.part(), LinkOption.NOFOLLOW_LINKS)
        && Files.size(file.part()) <= transfer.stagedBytes();
  }

  private void createFresh(StagingFile file, StagedTransfer transfer) throws IOException {
    Files.deleteIfExists(file.part());
    // Inode numbers are used again: entries about an older file must be gone before the new is
    // there.
    journal(file).delete();
    FreeSpace.require(
        "staging file " + file(transfer).part(), file.folder(), transfer.stagedBytes());
    Path target = target(transfer);
    FileChannel.open(file.part(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
    FileAccess.narrow(file.part(), target);
    DurableFiles.forceFolder(file.folder());
  }

  private StagingSink.PassLog passLog(DurablePass pass) {
    return new StagingSink.PassLog() {
      @Override
      public void begun() {
        durable.remove(pass);
      }

      @Override
      public void durable(long inode) {
        durable.put(pass, inode);
      }
    };
  }

  private StagingJournal journal(StagingFile file) {
    return new StagingJournal(file, writerId);
  }

  private static TransferException moved(StagingFile file) {
    return new TransferException(
        Reason.STAGING_MOVED,
        "staging file %s was deleted or placed after the slice was written; take it again"
            .formatted(file.part()));
  }

  /** The folder itself, where it exists: links in what the operator names are the operator's. */
  private static Path real(Path folder) {
    try {
      return Files.exists(folder) ? folder.toRealPath() : folder;
    } catch (IOException e) {
      throw DiskErrors.writing("staging folder " + folder, e);
    }
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }
}
