// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.util.Comparator;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file as a profile lists it. Size and digest are null where the profile has none.
 *
 * <p>There are a million of them twice: so the folder is shared, and numbers are no objects.
 *
 * @param folder the path before the last slash
 * @param sizeOrMinus1 -1: the profile has none
 * @param digestBits the digest's 16 hex digits as a number
 */
record ProfileFile(
    String folder, String name, long sizeOrMinus1, long digestBits, boolean hasDigest) {
  /** By path; entries of one path by what they say, so that a profile's order says nothing. */
  static final Comparator<ProfileFile> ORDER =
      Comparator.comparing(ProfileFile::path)
          .thenComparingLong(ProfileFile::sizeOrMinus1)
          .thenComparing(ProfileFile::hasDigest)
          .thenComparingLong(ProfileFile::digestBits);

  private static final int HEX = 16;

  ProfileFile(String folder, String name, @Nullable Long sizeBytes, @Nullable String digest) {
    this(
        folder,
        name,
        sizeBytes == null ? -1 : sizeBytes,
        digest == null ? 0 : Long.parseUnsignedLong(digest, HEX),
        digest != null);
  }

  ProfileFile(String path, @Nullable Long sizeBytes, @Nullable String digest) {
    this(
        path.substring(0, path.lastIndexOf('/')),
        path.substring(path.lastIndexOf('/') + 1),
        sizeBytes,
        digest);
  }

  String path() {
    return folder + "/" + name;
  }

  @Nullable Long sizeBytes() {
    return sizeOrMinus1 < 0 ? null : sizeOrMinus1;
  }

  @Nullable String digest() {
    return hasDigest ? hex(digestBits) : null;
  }

  static String hex(long digestBits) {
    return HexFormat.of().toHexDigits(digestBits);
  }
}
