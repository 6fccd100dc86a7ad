// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Files that readers use together.
 *
 * <p>A file is published when all of its group and order are staged and all of lower order are
 * published: those of one order appear together, higher orders after them.
 *
 * @param id the same for all files of the group; one that the contract can't carry becomes its
 *     SHA-256
 */
record PublishGroup(String id, int order) {
  private static final int ID_CHARS_MAX = 512;

  PublishGroup {
    if (id.length() > ID_CHARS_MAX || id.indexOf('\0') >= 0) {
      id = "sha256/" + HexFormat.of().formatHex(Sha256.of(id.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
