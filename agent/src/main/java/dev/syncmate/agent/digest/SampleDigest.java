// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The World of Code sample digest of a file or of its first bytes: 16 hex digits.
 *
 * <p>It reads about 1.4 KB of a file of 300 GB. Two files that differ where it doesn't look have
 * the same digest: it finds the wrong file, a wrong version and a cut, and proves nothing about the
 * content.
 *
 * <p><b>Threads.</b> Any. It blocks on the disk.
 *
 * <p><b>Errors.</b> {@link IOException}; {@link EOFException} when the file is shorter than asked.
 */
public final class SampleDigest {
  /*
   * MD5, cut to 8 bytes, over:
   *   - the whole content up to WHOLE_BYTES_MAX;
   *   - else SAMPLE_BYTES at 0, at each multiple of the chunk up to (size - 256) / chunk, and at
   *     the end; chunk = 2^(bitlen(size / bitlen(size)) + 2), which makes 2 to 17 samples.
   */
  private static final int WHOLE_BYTES_MAX = 4096;
  private static final int SAMPLE_BYTES = 128;
  private static final int DIGEST_BYTES = 8;

  private SampleDigest() {}

  /** Digest of the whole file, of the size that it has now. */
  public static String of(Path file) throws IOException {
    try (FileChannel channel = open(file)) {
      return of(channel, channel.size());
    }
  }

  /** Digest of the file's first bytes, as if it ended there. */
  public static String ofPrefix(Path file, long lengthBytes) throws IOException {
    try (FileChannel channel = open(file)) {
      return of(channel, lengthBytes);
    }
  }

  /** Digest of the first bytes of an open file; its position is neither used nor moved. */
  public static String of(FileChannel channel, long lengthBytes) throws IOException {
    if (lengthBytes < 0) {
      throw new IllegalArgumentException("lengthBytes: %d (expected: >= 0)".formatted(lengthBytes));
    }
    MessageDigest md5 = md5();
    if (lengthBytes <= WHOLE_BYTES_MAX) {
      update(md5, channel, 0, (int) lengthBytes);
    } else {
      long chunkBytes = chunkBytes(lengthBytes);
      long samples = (lengthBytes - 2 * SAMPLE_BYTES) / chunkBytes;
      for (long i = 0; i <= samples; i++) {
        update(md5, channel, i * chunkBytes, SAMPLE_BYTES);
      }
      update(md5, channel, lengthBytes - SAMPLE_BYTES, SAMPLE_BYTES);
    }
    return HexFormat.of().formatHex(md5.digest(), 0, DIGEST_BYTES);
  }

  private static FileChannel open(Path file) throws IOException {
    // Opening a FIFO would wait for a writer.
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new IOException(file + ": not a regular file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private static void update(MessageDigest md5, FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException(
            "file ends at byte %d (expected: at least %d)"
                .formatted(position + buffer.position(), position + length));
      }
    }
    md5.update(buffer.flip());
  }

  private static long chunkBytes(long size) {
    return 1L << (bitLength(size / bitLength(size)) + 2);
  }

  private static int bitLength(long n) {
    return Long.SIZE - Long.numberOfLeadingZeros(n);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has MD5", e);
    }
  }
}
