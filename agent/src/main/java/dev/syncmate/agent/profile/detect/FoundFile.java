// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import org.jspecify.annotations.Nullable;

/**
 * A file of the tree.
 *
 * <p><b>Threads.</b> The digest is set by one thread before another reads it (the pool's end is
 * between).
 */
final class FoundFile {
  private final String path;
  private final long sizeBytes;
  private @Nullable String digest;

  /**
   * Made with its size when it was found.
   *
   * @param path absolute
   */
  FoundFile(String path, long sizeBytes) {
    this.path = path;
    this.sizeBytes = sizeBytes;
  }

  String path() {
    return path;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  @Nullable String digest() {
    return digest;
  }

  void digest(String hex) {
    digest = hex;
  }
}
