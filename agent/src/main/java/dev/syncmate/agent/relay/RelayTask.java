// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.placing.ReceivedFile;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.PlannedTarget;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.StagingId;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** One way to bring a file up to date: the whole of it, or its tail, as one object of this key. */
record RelayTask(String jobId, PlannedFile file, String key, SliceRange range) {
  /** Hex digits of a transfer's number: 48 bits have at most 15 decimal digits. */
  private static final int NUMBER_HEX_DIGITS = 12;

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

  /** The task as staging knows transfers: one of one slice. */
  StagedTransfer transfer() {
    return new StagedTransfer(
        new StagingId(jobId, number()),
        range.offsetBytes() == 0 ? Mode.FULL : Mode.APPEND,
        range.offsetBytes(),
        file.sizeBytes(),
        new PlannedTarget(file.targetPath(), file.destSub(), file.destName()));
  }

  /** The task as the placer knows files, once its bytes were received. */
  ReceivedFile received(String sha256) {
    return new ReceivedFile(
        transfer(),
        List.of(new DigestedSlice(range, sha256)),
        new ReceivedFile.Source(file.sourcePath(), file.sourceDigest(), null),
        new ReceivedFile.Planned(file.targetSizeBytes(), file.targetDigest()));
  }

  /** The same in every run, so that a later one finds what an earlier one staged. */
  private String number() {
    byte[] digest = Sha256.of(key.getBytes(StandardCharsets.UTF_8));
    String hex = HexFormat.of().formatHex(digest).substring(0, NUMBER_HEX_DIGITS);
    return Long.toString(Long.parseLong(hex, 16));
  }
}
