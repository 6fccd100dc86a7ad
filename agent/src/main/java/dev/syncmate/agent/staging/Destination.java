// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import java.nio.file.Path;
import java.util.List;

/** Where this host may put files. */
public interface Destination {
  /**
   * The final path of the transfer's file, checked, with symlinks resolved.
   *
   * @throws dev.syncmate.agent.failure.TransferException when it must not be written
   */
  Path target(StagedTransfer transfer);

  /** Folders that targets lie below. */
  List<Path> roots();
}
