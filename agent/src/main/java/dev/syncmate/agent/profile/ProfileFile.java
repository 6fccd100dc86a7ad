// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import dev.syncmate.agent.digest.SampleDigest;
import java.util.Comparator;
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
public record ProfileFile(
    String folder, String name, long sizeOrMinus1, long digestBits, boolean hasDigest) {
  /** By path; entries of one path by what they say, so that a profile's order says nothing. */
  public static final Comparator<ProfileFile> ORDER =
      Comparator.comparing(ProfileFile::path)
          .thenComparingLong(ProfileFile::sizeOrMinus1)
          .thenComparing(ProfileFile::hasDigest)
          .thenComparingLong(ProfileFile::digestBits);

  ProfileFile(String folder, String name, @Nullable Long sizeBytes, @Nullable String digest) {
    this(
        folder,
        name,
        sizeBytes == null ? -1 : sizeBytes,
        digest == null ? 0 : SampleDigest.toBits(digest),
        digest != null);
  }

  /** The whole path, put together for each call. */
  public String path() {
    return folder + "/" + name;
  }

  public @Nullable Long sizeBytes() {
    return sizeOrMinus1 < 0 ? null : sizeOrMinus1;
  }

  public @Nullable String digest() {
    return hasDigest ? SampleDigest.ofBits(digestBits) : null;
  }

  /** Whether the other lies under the same path. */
  public boolean isAt(ProfileFile other) {
    return name.equals(other.name) && folder.equals(other.folder);
  }
}
