// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** The World of Code sample digest of a file's first bytes. */
@FunctionalInterface
public interface FileDigest {
  /** Sixteen hex digits. */
  String ofPrefix(FileChannel file, long lengthBytes) throws IOException;
}
