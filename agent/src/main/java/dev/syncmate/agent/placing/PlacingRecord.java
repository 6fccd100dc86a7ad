// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What placing was about to do, or did, to a target; it is what tells our bytes from foreign ones
 * after a crash.
 *
 * @param inode of the file that becomes the target (rename), or of the target (append, repair)
 * @param sizeBytes of the target in the end
 * @param plannedBytes of the target before
 * @param modifiedNs time of that file's last change, for rename
 */
record PlacingRecord(
    Step step, String target, long inode, long sizeBytes, long plannedBytes, long modifiedNs) {
  /** How far it got, at least. */
  enum Step {
    @JsonProperty("rename_begun")
    RENAME_BEGUN,
    @JsonProperty("append_begun")
    APPEND_BEGUN,
    @JsonProperty("appended")
    APPENDED,
    @JsonProperty("repair_begun")
    REPAIR_BEGUN
  }

  boolean isAppend() {
    return step == Step.APPEND_BEGUN || step == Step.APPENDED;
  }

  boolean isFor(Placement placement) {
    return target.equals(placement.target().toString())
        && sizeBytes == placement.transfer().sizeBytes()
        && plannedBytes == placement.transfer().offsetBytes();
  }
}
