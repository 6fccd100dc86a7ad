// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.disk.AtomicFile;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.StagingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@link PlacingRecord} durably beside the staging file.
 *
 * @param named the same path for messages
 */
record PlacingRecordFile(Path path, Path named) {
  /**
   * The record of this very placing, null where there is none. Records of other placings (of a
   * coordinator that began anew with the same ids) don't count, unless they say that an append may
   * have left bytes in a target: that is for a person to look at.
   */
  @Nullable PlacingRecord readFor(Placement placement) throws IOException {
    PlacingRecord record = read();
    if (record == null || record.isFor(placement)) {
      return record;
    }
    if (record.step() == PlacingRecord.Step.APPEND_BEGUN) {
      throw bad(
          "is about an unfinished append to %s from byte %d"
              .formatted(record.target(), record.plannedBytes()),
          "one about " + placement.target());
    }
    return null;
  }

  @Nullable PlacingRecord read() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return null;
    }
    try {
      return StagingJson.mapper().readValue(content, PlacingRecord.class);
    } catch (JsonProcessingException e) {
      throw bad("is damaged", "JSON");
    }
  }

  void write(PlacingRecord record) throws IOException {
    AtomicFile.replace(path, StagingJson.mapper().writeValueAsBytes(record));
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
    Path folder = path.getParent();
    if (folder != null) {
      DurableFiles.forceFolder(folder);
    }
  }

  /** Deletes what a crash while writing left. */
  void deleteLeftover() throws IOException {
    Files.deleteIfExists(AtomicFile.draft(path));
  }

  private TransferException bad(String found, String expected) {
    return new TransferException(
        Reason.PLACING_RECORD_BAD,
        "placing record %s %s (expected: %s); look at the target, then delete the record"
            .formatted(named, found, expected));
  }
}
