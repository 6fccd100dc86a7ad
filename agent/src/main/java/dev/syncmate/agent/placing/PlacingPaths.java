// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileAccess;
import dev.syncmate.agent.disk.OpenFolder;
import dev.syncmate.agent.staging.OpenStaging;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * From where to where a file is placed: folders that are held open, so that no name is looked up a
 * second time.
 *
 * @param target its name, for messages and records
 */
record PlacingPaths(StagingId id, OpenStaging staged, OpenFolder targetFolder, Path target)
    implements AutoCloseable {
  /** Opens the folders; makes those that are missing. */
  static PlacingPaths open(Staging staging, StagedTransfer transfer) throws IOException {
    Path target = staging.target(transfer);
    OpenFolder folder = targetFolder(target);
    boolean opened = false;
    try {
      PlacingPaths paths =
          new PlacingPaths(transfer.id(), staging.create(transfer), folder, target);
      opened = true;
      return paths;
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  private static OpenFolder targetFolder(Path target) throws IOException {
    Path folder = Objects.requireNonNull(target.getParent(), () -> "folder of target " + target);
    try {
      return OpenFolder.create(folder);
    } catch (IOException e) {
      throw Placement.movedOr(target, e);
    }
  }

  /** The target, by a path that holds while this is open. */
  Path at() {
    return targetFolder.path().resolve(String.valueOf(target.getFileName()));
  }

  /** The transfer's files in staging that lie on the target's file system. */
  OpenStaging createBesideTarget() throws IOException {
    return OpenStaging.createIn(targetFolder, id);
  }

  boolean isStagedBesideTarget() {
    return targetFolder.name().equals(staged.named().folder().getParent());
  }

  /**
   * Gives a file that was made elsewhere the access of one that is made here: a folder may hand
   * down its group and an ACL.
   */
  void asMadeBesideTarget(Path made) throws IOException {
    try (OpenStaging beside = createBesideTarget()) {
      Path model = beside.file().copy();
      Files.deleteIfExists(model);
      Files.createFile(model);
      FileAccess.copy(model, made);
      Files.delete(model);
      beside.removeFolderIfEmpty();
    }
  }

  /** With the folder, if nothing else is in it. */
  void deleteCopyBesideTarget() throws IOException {
    Optional<OpenStaging> found = OpenStaging.in(targetFolder, id);
    if (found.isPresent()) {
      try (OpenStaging beside = found.get()) {
        Files.deleteIfExists(beside.file().copy());
        beside.removeFolderIfEmpty();
      }
    }
  }

  PlacingRecordFile record() {
    return new PlacingRecordFile(staged.file().placing(), staged.named().placing());
  }

  @Override
  public void close() {
    try (staged) {
      targetFolder.close();
    }
  }
}
