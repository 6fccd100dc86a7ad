// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import java.time.Duration;

/** How long the client waits, and how long between attempts. */
record S3Timing(
    Duration connect,
    Duration readWrite,
    Duration retryBase,
    Duration throttledBase,
    Duration retryMax) {
  static final S3Timing DEFAULT =
      new S3Timing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(20));
}
