// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices of a file one after the other and checks each one's SHA-256 on the way.
 *
 * <p><b>Threads.</b> For one thread.
 *
 * <p><b>Errors.</b> A cancellation ends it between chunks.
 */
final class SlicePass {
  static final int CHUNK_BYTES = 1 << 20;

  private final FileChannel from;
  private final long baseBytes;
  private final Cancellation cancellation;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);

  /** Takes the bytes, in order. */
  interface Chunks {
    void next(ByteBuffer chunk, long offsetBytes) throws IOException;
  }

  /**
   * @param baseBytes offset of the file's first byte, in the terms of the slices
   */
  SlicePass(FileChannel from, long baseBytes, Cancellation cancellation) {
    this.from = from;
    this.baseBytes = baseBytes;
    this.cancellation = cancellation;
  }

  /**
   * Reads the slices until one is not what its digest says; that one, or null. The chunks of a
   * slice are handed out before its digest is known.
   */
  @Nullable DigestedSlice firstBad(List<DigestedSlice> slices, Chunks chunks) throws IOException {
    for (DigestedSlice slice : slices) {
      if (!isGood(slice, chunks)) {
        return slice;
      }
    }
    return null;
  }

  boolean isGood(DigestedSlice slice, Chunks chunks) throws IOException {
    return slice.sha256().equals(read(slice.range(), chunks));
  }

  /** In hex digits; null where the file ends before. */
  @Nullable String sha256(SliceRange range) throws IOException {
    return read(range, (chunk, offset) -> {});
  }

  private @Nullable String read(SliceRange range, Chunks chunks) throws IOException {
    MessageDigest sha256 = newSha256();
    long offset = range.offsetBytes();
    long end = range.endBytes();
    while (offset < end) {
      cancellation.check();
      int length = (int) Math.min(CHUNK_BYTES, end - offset);
      if (FileBytes.readFully(from, buffer.clear().limit(length), offset - baseBytes) < length) {
        return null;
      }
      buffer.flip();
      sha256.update(buffer.duplicate());
      chunks.next(buffer, offset);
      offset += length;
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
