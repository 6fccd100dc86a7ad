// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

/** The points of placing between which a crash can come. */
enum PlacingStep {
  /** Staging and target are what they must be; nothing was touched. */
  CHECKED,
  /** The copy on the target's file system is whole and durable. */
  COPIED,
  /** The file to be renamed is named durably in the record. */
  RENAME_RECORDED,
  /** The target has its new content; its folder is not durable yet. */
  RENAMED,
  /** The append is named durably in the record; the target is untouched. */
  APPEND_RECORDED,
  /** The repair is named durably in the record; the target is untouched. */
  REPAIR_RECORDED,
  /** The slice is written over durably and was read back. */
  REPAIRED,
  /** One more chunk of the tail or of a repaired slice was written, not durably. */
  CHUNK_WRITTEN,
  /** The whole tail is durable, the whole file not yet checked. */
  TAIL_WRITTEN,
  /** The target is checked and durable; the record does not say so yet. */
  TAIL_VERIFIED,
  /** The target was cut back to its planned size durably; the record is still there. */
  CUT_BACK
}
