// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

/** Folder below the destination folder for a file whose place there is not known. */
final class DestinationFolder {
  private DestinationFolder() {}

  /** As the seed tool sorts them: the first rule that fits. */
  static String of(String name) {
    if (name.contains(".idx") || name.contains(".bin")) {
      return "All.blobs";
    }
    if (name.contains(".s") || name.contains(".gz")) {
      return "gz";
    }
    if (name.startsWith("sha1.")) {
      return "All.sha1o";
    }
    return name.contains("Full") ? "basemaps" : "All.sha1c";
  }
}
