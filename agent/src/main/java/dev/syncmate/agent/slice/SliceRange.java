// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

/** Bytes {@code [offsetBytes, offsetBytes + lengthBytes)} of a file. */
public record SliceRange(long offsetBytes, long lengthBytes) {
  /** Refuses negative numbers and ends past {@link Long#MAX_VALUE}. */
  public SliceRange {
    if (offsetBytes < 0 || lengthBytes < 0 || offsetBytes > Long.MAX_VALUE - lengthBytes) {
      throw new IllegalArgumentException(
          "slice: offset %d, length %d (expected: both >= 0, end below 2^63)"
              .formatted(offsetBytes, lengthBytes));
    }
  }

  /** First byte behind the slice. */
  public long endBytes() {
    return offsetBytes + lengthBytes;
  }
}
