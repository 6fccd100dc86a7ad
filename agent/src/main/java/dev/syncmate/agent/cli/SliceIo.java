// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

/** How a sending agent reads its slices. */
enum SliceIo {
  /** From the source files. */
  DIRECT,
  /** Through the agent's own mount. */
  MOUNT
}
