// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

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
  private static final int HEX = 16;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");

  private static final ThreadLocal<Samples> SAMPLES = ThreadLocal.withInitial(Samples::new);

  private SampleDigest() {}

  /** Whether the text is one. */
  public static boolean isDigest(String text) {
    return DIGEST.matcher(text).matches();
  }

  /** The digest as a number: where there are millions, texts are too large. */
  public static long toBits(String digest) {
    return Long.parseUnsignedLong(digest, HEX);
  }

  /** The digest of the number. */
  public static String ofBits(long bits) {
    return HexFormat.of().toHexDigits(bits);
  }

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
    return ofEach(channel, lengthBytes).get(0);
  }

  /** As {@link #of(FileChannel, long)} for each of the lengths; a small file is read once. */
  public static List<String> ofEach(FileChannel channel, long... lengthsBytes) throws IOException {
    long longest = 0;
    for (long length : lengthsBytes) {
      if (length < 0) {
        throw new IllegalArgumentException("lengthBytes: %d (expected: >= 0)".formatted(length));
      }
      longest = Math.max(longest, length);
    }
    Samples samples = SAMPLES.get();
    samples.begin();
    if (longest <= Samples.READ_ONCE_BYTES_MAX) {
      samples.readOnce(channel, (int) longest);
    }
    List<String> digests = new ArrayList<>(lengthsBytes.length);
    for (long length : lengthsBytes) {
      digests.add(digest(samples, channel, length));
    }
    return digests;
  }

  private static String digest(Samples samples, FileChannel channel, long lengthBytes)
      throws IOException {
    if (lengthBytes <= WHOLE_BYTES_MAX) {
      samples.update(channel, 0, (int) lengthBytes);
    } else {
      long chunkBytes = chunkBytes(lengthBytes);
      long last = (lengthBytes - 2 * SAMPLE_BYTES) / chunkBytes;
      for (long i = 0; i <= last; i++) {
        samples.update(channel, i * chunkBytes, SAMPLE_BYTES);
      }
      samples.update(channel, lengthBytes - SAMPLE_BYTES, SAMPLE_BYTES);
    }
    return HexFormat.of().formatHex(samples.digest(), 0, DIGEST_BYTES);
  }

  private static FileChannel open(Path file) throws IOException {
    // Opening a FIFO would wait for a writer.
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new IOException(file + ": not a regular file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private static long chunkBytes(long size) {
    return 1L << (bitLength(size / bitLength(size)) + 2);
  }

  private static int bitLength(long n) {
    return Long.SIZE - Long.numberOfLeadingZeros(n);
  }
}
