// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import org.jspecify.annotations.Nullable;

/** A file as a profile lists it. Size and digest are null where the profile has none. */
record ProfileFile(String path, @Nullable Long sizeBytes, @Nullable String digest) {

  /** Last segment of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
