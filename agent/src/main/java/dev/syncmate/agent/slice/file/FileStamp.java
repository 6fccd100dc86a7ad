// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What tells that a file is still the one that it was; the key is device and inode. */
record FileStamp(boolean regular, long sizeBytes, FileTime modified, @Nullable Object fileKey) {
  static FileStamp of(Path file) throws IOException {
    BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        read.isRegularFile(), read.size(), read.lastModifiedTime(), read.fileKey());
  }

  /** Same file, untouched or only longer: a new mtime without growth is a rewrite in place. */
  boolean isGrowthOf(FileStamp before) {
    return regular
        && Objects.equals(fileKey, before.fileKey)
        && (sizeBytes > before.sizeBytes
            || (sizeBytes == before.sizeBytes && modified.equals(before.modified)));
  }

  @Override
  public String toString() {
    return "%d bytes of %s (%s)".formatted(sizeBytes, modified, fileKey);
  }
}
