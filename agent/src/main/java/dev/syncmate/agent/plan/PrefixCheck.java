// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Compares the beginning of a source file with what the destination has.
 *
 * <p>A source that has grown since the plan is fine as long as its planned bytes are the same; one
 * that has shrunk or changed is not.
 *
 * <p><b>Threads.</b> Any. It blocks on the disk.
 */
public final class PrefixCheck {
  private static final int DETAIL_CHARS_MAX = 1000;

  private PrefixCheck() {}

  /** What the check found. */
  public record Finding(Verdict verdict, @Nullable String detail) {
    /** Cuts a detail that is too long for the coordinator. */
    public Finding {
      if (detail != null && detail.length() > DETAIL_CHARS_MAX) {
        detail = detail.substring(0, DETAIL_CHARS_MAX);
      }
    }
  }

  /**
   * Checks one file.
   *
   * @param source where this host may find it; null: nowhere
   */
  public static Finding of(ResolvingFile file, @Nullable Path source) {
    if (source == null) {
      return unreachable("%s has no path on this host".formatted(Shown.text(file.sourcePath())));
    }
    try {
      // Opening a FIFO would wait for a writer.
      if (!Files.readAttributes(source, BasicFileAttributes.class).isRegularFile()) {
        return unreachable(source + ": not a regular file");
      }
      try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
        return compare(file, source, channel);
      }
    } catch (EOFException e) {
      return changed("%s: shrank while it was read".formatted(source));
    } catch (IOException e) {
      return unreachable(Shown.problem(source, e));
    }
  }

  private static Finding compare(ResolvingFile file, Path source, FileChannel channel)
      throws IOException {
    long size = channel.size();
    if (size < file.sizeBytes()) {
      return changed(
          "%s: has %d bytes (expected: at least %d, as planned; make new profiles)"
              .formatted(source, size, file.sizeBytes()));
    }
    String digest = SampleDigest.of(channel, file.sizeBytes());
    if (file.sourceDigest() != null && !file.sourceDigest().equals(digest)) {
      return changed(
          "%s: digest of its first %d bytes is %s (expected: %s, as planned; make new profiles)"
              .formatted(source, file.sizeBytes(), digest, file.sourceDigest()));
    }
    if (file.targetSizeBytes() == 0 || file.targetSizeBytes() >= file.sizeBytes()) {
      return new Finding(
          Verdict.FULL,
          "nothing to append to: the destination has %d of %d bytes"
              .formatted(file.targetSizeBytes(), file.sizeBytes()));
    }
    if (file.targetDigest() == null) {
      return new Finding(
          Verdict.FAILED,
          "no digest of the destination's file (expected: one; run woc.detect --with-digest there)");
    }
    String prefix = SampleDigest.of(channel, file.targetSizeBytes());
    return prefix.equals(file.targetDigest())
        ? new Finding(Verdict.APPEND, null)
        : new Finding(
            Verdict.FULL,
            "digest of the first %d bytes is %s, the destination's is %s"
                .formatted(file.targetSizeBytes(), prefix, file.targetDigest()));
  }

  private static Finding unreachable(String detail) {
    return new Finding(Verdict.UNREACHABLE, detail);
  }

  private static Finding changed(String detail) {
    return new Finding(Verdict.FAILED, "source_changed: " + detail);
  }
}
