// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.Attributes;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * Where Linux keeps the fields of struct stat, which differs between machines. What follows the
 * size is the same on both.
 *
 * <p><b>Source.</b> asm/stat.h of x86 and of asm-generic.
 */
enum StatLayout {
  X86_64(144, 24, 16, Long.BYTES, 28, 32, Long.BYTES),
  AARCH64(128, 16, 20, Integer.BYTES, 24, 28, Integer.BYTES);

  private static final int SIZE = 48;
  private static final int BLOCK_SIZE = 56;
  private static final int BLOCKS = 64;
  private static final int[] TIMES = {72, 88, 104};
  private static final int BLOCK_BYTES = 512;
  private static final int IO_BYTES = 4096;

  private final int sizeBytes;
  private final int mode;
  private final int links;
  private final int linksBytes;
  private final int uid;
  private final int gid;
  private final int blockSizeBytes;

  StatLayout(
      int sizeBytes, int mode, int links, int linksBytes, int uid, int gid, int blockSizeBytes) {
    this.sizeBytes = sizeBytes;
    this.mode = mode;
    this.links = links;
    this.linksBytes = linksBytes;
    this.uid = uid;
    this.gid = gid;
    this.blockSizeBytes = blockSizeBytes;
  }

  /** The layout of this machine, if it is one that we know. */
  static Optional<StatLayout> ofHost() {
    return of(System.getProperty("os.arch", ""));
  }

  static Optional<StatLayout> of(String architecture) {
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  /** Bytes of the structure. */
  int sizeBytes() {
    return sizeBytes;
  }

  /** Writes the fields into a structure that is zero. */
  void fill(Pointer stat, int modeBits, int linkCount, Attributes attributes) {
    stat.putInt(mode, modeBits);
    put(stat, links, linksBytes, linkCount);
    stat.putInt(uid, attributes.uid());
    stat.putInt(gid, attributes.gid());
    stat.putLong(SIZE, attributes.sizeBytes());
    put(stat, BLOCK_SIZE, blockSizeBytes, IO_BYTES);
    // All of them: with fewer, cp and tar would take the file for a sparse one.
    stat.putLong(BLOCKS, blocks(attributes.sizeBytes()));
    Instant modified = attributes.modified();
    for (int time : TIMES) {
      stat.putLong(time, modified.getEpochSecond());
      stat.putLong(time + Long.BYTES, modified.getNano());
    }
  }

  private static void put(Pointer stat, int at, int width, int value) {
    if (width == Long.BYTES) {
      stat.putLong(at, value);
    } else {
      stat.putInt(at, value);
    }
  }

  private static long blocks(long bytes) {
    return bytes / BLOCK_BYTES + (bytes % BLOCK_BYTES == 0 ? 0 : 1);
  }
}
