// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.DiskFault;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.OpenFolder;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A transfer's files in staging, reached through their folder, which is held open: whatever its
 * name comes to lead to meanwhile, nothing is made elsewhere.
 *
 * <p><b>Errors.</b> Reasons: target_refused for a link in the folder's place, target_moved (RETRY)
 * for one above it.
 */
public final class OpenStaging implements AutoCloseable {
  private final OpenFolder folder;
  private final StagingFile named;

  private OpenStaging(OpenFolder folder, StagingFile named) {
    this.folder = folder;
    this.named = named;
  }

  /** Opens the folder of an absolute path without links; empty where there is none. */
  static Optional<OpenStaging> of(StagingFile named) throws IOException {
    try {
      return Optional.of(new OpenStaging(OpenFolder.of(named.folder()), named));
    } catch (IOException e) {
      return absent(e, named);
    }
  }

  /** The same, and makes it durably if there is none. */
  static OpenStaging create(StagingFile named) throws IOException {
    try {
      return new OpenStaging(OpenFolder.create(named.folder()), named);
    } catch (IOException e) {
      requireFolder(e, named.folder());
      throw e;
    }
  }

  /** That of the transfer in a folder that is open; empty where there is none. */
  public static Optional<OpenStaging> in(OpenFolder base, StagingId id) throws IOException {
    StagingFile named = StagingFile.in(base.name(), id);
    try {
      return base.child(StagingFile.FOLDER_NAME).map(folder -> new OpenStaging(folder, named));
    } catch (IOException e) {
      return absent(e, named);
    }
  }

  /** The same, made durably if there is none. */
  public static OpenStaging createIn(OpenFolder base, StagingId id) throws IOException {
    StagingFile named = StagingFile.in(base.name(), id);
    try {
      return new OpenStaging(base.createChild(StagingFile.FOLDER_NAME), named);
    } catch (IOException e) {
      requireFolder(e, named.folder());
      throw e;
    }
  }

  /** The files, by paths that hold while this is open. */
  public StagingFile file() {
    return new StagingFile(folder.path(), named.id());
  }

  /** The files by name, for messages. */
  public StagingFile named() {
    return named;
  }

  /** Removes the folder when nothing is in it. */
  public void removeFolderIfEmpty() throws IOException {
    DurableFiles.removeIfEmpty(folder.path().resolve("..").resolve(StagingFile.FOLDER_NAME));
  }

  private static Optional<OpenStaging> absent(IOException e, StagingFile named) throws IOException {
    if (DiskFault.of(e) == DiskFault.MISSING) {
      return Optional.empty();
    }
    requireFolder(e, named.folder());
    throw e;
  }

  private static void requireFolder(IOException e, Path folder) {
    if (DiskFault.of(e) != DiskFault.NOT_A_FOLDER) {
      return;
    }
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
        && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new TransferException(
          Reason.TARGET_REFUSED,
          "staging folder %s: not a folder (expected: a real folder or nothing); remove it"
              .formatted(folder));
    }
    throw new TransferException(
        Reason.TARGET_MOVED,
        "staging folder %s: a link or a file has come into its way; it is tried again"
            .formatted(folder));
  }

  @Override
  public void close() {
    folder.close();
  }
}
