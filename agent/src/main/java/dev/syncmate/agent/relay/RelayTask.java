// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.plan.TaskLines;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TaskLine;
import dev.syncmate.schema.TransferMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One way to bring a file up to date: the whole of it, or its tail, as one object of this key. */
record RelayTask(String jobId, PlannedFile file, String key, SliceRange range) {
  private static final int EPOCH = 1;

  /** Hex digits of a file id: 48 bits have at most 15 decimal digits. */
  private static final int ID_HEX_DIGITS = 12;

  /** The tasks of a file: one, or the tail and the whole while nobody has compared the prefix. */
  static List<RelayTask> of(String jobId, PlannedFile file) {
    return TaskLines.of(file).stream().map(line -> task(jobId, file, line)).toList();
  }

  private static RelayTask task(String jobId, PlannedFile file, TaskLine line) {
    return new RelayTask(
        jobId, file, line.virtualPath(), new SliceRange(line.offset(), line.size()));
  }

  long lengthBytes() {
    return range.lengthBytes();
  }

  StagedTransfer transfer() {
    return StagedTransfer.of(lease());
  }

  /** The task as staging knows tasks: one slice. */
  Lease lease() {
    return new Lease(
        fileId() + "-0",
        fileId(),
        jobId,
        EPOCH,
        key,
        file.sourcePath(),
        file.sizeBytes(),
        range.offsetBytes(),
        range.lengthBytes(),
        key,
        null,
        mode(),
        range.offsetBytes(),
        file.targetPath(),
        file.destSub(),
        file.destName());
  }

  /** The task as the placer knows files, once its bytes were received. */
  PlacingFile placing(String sha256) {
    return new PlacingFile(
        fileId(),
        jobId,
        EPOCH,
        key,
        mode(),
        file.sourcePath(),
        file.sizeBytes(),
        file.sourceDigest(),
        range.offsetBytes(),
        file.targetPath(),
        file.targetDigest(),
        file.destSub(),
        file.destName(),
        List.of(new SliceDigest(range.offsetBytes(), range.lengthBytes(), sha256)));
  }

  private TransferMode mode() {
    return range.offsetBytes() == 0 ? TransferMode.FULL : TransferMode.APPEND;
  }

  /** The same in every run, so that a later one finds what an earlier one staged. */
  private String fileId() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      String hex = HexFormat.of().formatHex(digest).substring(0, ID_HEX_DIGITS);
      return Long.toString(Long.parseLong(hex, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
