// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

/** Whether the files of an {@link OffsetFs} may be written. */
public enum Access {
  READ_ONLY,
  READ_WRITE
}
