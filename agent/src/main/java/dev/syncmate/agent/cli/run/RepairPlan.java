// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.Zone;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.verify.BadFile;
import dev.syncmate.agent.verify.BadSlice;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The job that has bad slices, and nothing else, sent again. */
final class RepairPlan {
  private static final int WINDOW_SLICES = 64;

  private RepairPlan() {}

  /**
   * The same slices, found the same way, are the same job, so that a run that was cut off is gone
   * on with; if that job is over, they are another one. Blocks.
   */
  static JobPlan of(Coordinator coordinator, String destination, List<BadFile> bad) {
    List<PlannedFile> files = new ArrayList<>();
    for (BadFile file : bad) {
      for (BadSlice slice : file.slices()) {
        files.add(planned(files.size(), file, slice));
      }
    }
    long sliceBytes = files.stream().mapToLong(RepairPlan::length).max().orElse(1);
    long windowBytes = Math.multiplyExact(sliceBytes, Math.min(files.size(), WINDOW_SLICES));
    String jobId = openJobId(coordinator, destination + files);
    return new JobPlan(
        new JobSubmission(jobId, sliceBytes, windowBytes, null), List.copyOf(files), 0, null);
  }

  private static PlannedFile planned(int number, BadFile bad, BadSlice slice) {
    SliceRange range = slice.sent().range();
    String source = bad.file().manifest().sourcePath();
    return new PlannedFile(
        "repair.%d.at.%d".formatted(number, range.offsetBytes()),
        source,
        range.endBytes(),
        null,
        bad.file().manifest().targetPath(),
        bad.file().manifest().sizeBytes(),
        null,
        PlanMode.REPAIR,
        "repair",
        "slice",
        Zone.of(source),
        null,
        null,
        range.offsetBytes(),
        slice.sent().sha256(),
        slice.foundSha256());
  }

  private static long length(PlannedFile file) {
    Long offset = file.repairOffsetBytes();
    return offset == null ? file.sizeBytes() : file.sizeBytes() - offset;
  }

  private static String openJobId(Coordinator coordinator, String what) {
    int attempt = 0;
    String id = jobId(what, attempt);
    while (isOver(coordinator, id)) {
      attempt++;
      id = jobId(what, attempt);
    }
    return id;
  }

  private static String jobId(String what, int attempt) {
    byte[] text = (attempt + " " + what).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.of(text));
  }

  private static boolean isOver(Coordinator coordinator, String jobId) {
    try {
      return coordinator.job(jobId).await().state() == JobState.DONE;
    } catch (TransferException e) {
      if (TransferException.isFor(Reason.JOB_UNKNOWN, e)) {
        return false;
      }
      throw e;
    }
  }
}
