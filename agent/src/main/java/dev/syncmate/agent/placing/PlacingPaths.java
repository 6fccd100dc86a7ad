// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingFile;
import java.nio.file.Path;

/**
 * From where to where a file is placed.
 *
 * @param besideTarget its staging files on the target's file system; often those that are staged
 */
record PlacingPaths(StagingFile staged, StagingFile besideTarget, Path target) {
  static PlacingPaths of(Staging staging, StagedTransfer transfer) {
    Path target = staging.target(transfer);
    return new PlacingPaths(
        staging.file(transfer), StagingFile.in(folder(target), transfer.id()), target);
  }

  PlacingRecordFile record() {
    return new PlacingRecordFile(staged.placing());
  }

  Path targetFolder() {
    return folder(target);
  }

  private static Path folder(Path target) {
    Path folder = target.getParent();
    if (folder == null) {
      throw new IllegalStateException("target %s has no folder".formatted(target));
    }
    return folder;
  }
}
