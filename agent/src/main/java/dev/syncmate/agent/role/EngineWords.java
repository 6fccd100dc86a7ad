// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.placing.ReceivedFile;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SentFile;
import dev.syncmate.agent.slice.SentSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.staging.PlannedTarget;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.StagingId;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.ProvingFile;
import dev.syncmate.schema.ReadSlice;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TransferMode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the coordinator hands out, in the engine's words. */
final class EngineWords {
  private EngineWords() {}

  /** The slice that is leased. */
  static SliceRange slice(Lease lease) {
    return new SliceRange(lease.offsetBytes(), lease.lengthBytes());
  }

  /** What the source of a leased slice was when the first slice of its file was read, if known. */
  static @Nullable SourceStamp stamp(Lease lease) {
    return stamp(lease.sourceStamp());
  }

  private static @Nullable SourceStamp stamp(@Nullable String text) {
    return text == null ? null : SourceStamp.of(text);
  }

  /** The file that is to be proved, with these of its slices. */
  static SentFile sentFile(ProvingFile file, List<ReadSlice> slices) {
    return new SentFile(
        file.sourcePath(),
        slices.stream().map(EngineWords::sentSlice).toList(),
        stamp(file.sourceStamp()));
  }

  private static SentSlice sentSlice(ReadSlice slice) {
    return new SentSlice(
        new DigestedSlice(new SliceRange(slice.offsetBytes(), slice.lengthBytes()), slice.sha256()),
        stamp(slice.sourceStamp()));
  }

  /** The slice that is leased to a receiver, as its sender read it. */
  static DigestedSlice sentSlice(Lease lease) {
    return new DigestedSlice(
        slice(lease), Objects.requireNonNull(lease.sha256(), "sha256 of a receive lease"));
  }

  /** The transfer that the leased slice is a part of. */
  static StagedTransfer transfer(Lease lease) {
    return new StagedTransfer(
        new StagingId(lease.jobId(), lease.fileId()),
        mode(lease.mode()),
        lease.transferOffsetBytes(),
        lease.sourceSizeBytes(),
        new PlannedTarget(lease.targetPath(), lease.destSub(), lease.destName()));
  }

  /** The transfer that is to be placed. */
  static StagedTransfer transfer(PlacingFile file) {
    return new StagedTransfer(
        new StagingId(file.jobId(), file.fileId()),
        mode(file.mode()),
        file.transferOffsetBytes(),
        file.sizeBytes(),
        new PlannedTarget(file.targetPath(), file.destSub(), file.destName()));
  }

  /** The file that is to be placed. */
  static ReceivedFile file(PlacingFile file) {
    return new ReceivedFile(
        transfer(file),
        file.slices().stream().map(EngineWords::slice).toList(),
        new ReceivedFile.Source(
            file.sourcePath(), file.sourceDigest(), metadata(file.sourceMetadata())),
        planned(file));
  }

  private static ReceivedFile.Planned planned(PlacingFile file) {
    return file.mode() == TransferMode.REPAIR
        ? new ReceivedFile.Planned(null, file.repairFoundSha256())
        : new ReceivedFile.Planned(file.targetSizeBytes(), file.targetDigest());
  }

  /** Permissions in octal, a colon, nanoseconds. */
  static String metadata(FileMetadata metadata) {
    return "%o:%d".formatted(metadata.permissions(), metadata.modifiedNs());
  }

  private static @Nullable FileMetadata metadata(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int colon = text.indexOf(':');
    return new FileMetadata(
        Integer.parseInt(text.substring(0, colon), 8), Long.parseLong(text.substring(colon + 1)));
  }

  private static DigestedSlice slice(SliceDigest slice) {
    return new DigestedSlice(
        new SliceRange(slice.offsetBytes(), slice.lengthBytes()), slice.sha256());
  }

  private static Mode mode(TransferMode mode) {
    return switch (mode) {
      case FULL -> Mode.FULL;
      case APPEND -> Mode.APPEND;
      case REPAIR -> Mode.REPAIR;
    };
  }
}
