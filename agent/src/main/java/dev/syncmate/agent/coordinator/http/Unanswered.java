// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An attempt whose outcome is unknown or that was put off; repeating it may help. */
final class Unanswered extends Exception {
  private final transient Optional<Duration> retryAfter;

  Unanswered(String message, Optional<Duration> retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /** What the coordinator asked for. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
