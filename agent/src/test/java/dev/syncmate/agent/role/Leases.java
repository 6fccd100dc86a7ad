// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.schema.Lease;
import dev.syncmate.schema.TransferMode;

/** Leases as tests of the loops need them: of one small file. */
final class Leases {
  private Leases() {}

  static Lease lease(String taskId, long epoch) {
    return new Lease(
        taskId,
        "1",
        "0123456789abcdef",
        epoch,
        "f",
        "/z/f",
        10,
        0,
        10,
        "k",
        null,
        TransferMode.FULL,
        0,
        null,
        "All.sha1c",
        "f",
        null);
  }
}
