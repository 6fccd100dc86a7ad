// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a call waits for its answer and how often it is repeated: until the attempts or the time
 * are used up, whichever comes first.
 *
 * <p><b>Source.</b> Full jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture
 * Blog, 2015.
 */
public record CallPolicy(
    Duration timeout,
    int attemptsMax,
    Duration totalMax,
    Duration backoffBase,
    Duration backoffMax) {
  private static final int DOUBLINGS_MAX = 20;

  /** Refuses a policy that never calls. */
  public CallPolicy {
    if (attemptsMax < 1 || timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "call policy: %d attempts of %s (expected: >= 1, > 0)".formatted(attemptsMax, timeout));
    }
  }

  /**
   * For agents, which can wait. The timeout outlasts the stalls of D1, which take over a minute.
   */
  public static CallPolicy patient() {
    return new CallPolicy(
        Duration.ofSeconds(100),
        8,
        Duration.ofMinutes(5),
        Duration.ofMillis(250),
        Duration.ofSeconds(20));
  }

  /** For a person who waits at a prompt. */
  public static CallPolicy brief() {
    return new CallPolicy(
        Duration.ofSeconds(100),
        3,
        Duration.ofMinutes(2),
        Duration.ofMillis(250),
        Duration.ofSeconds(2));
  }

  /** For heartbeats: a late one is worth little, the loop sends the next. */
  CallPolicy forHeartbeats() {
    Duration cap = Duration.ofSeconds(30);
    return new CallPolicy(
        timeout.compareTo(cap) > 0 ? cap : timeout,
        Math.min(attemptsMax, 2),
        totalMax.compareTo(cap) > 0 ? cap : totalMax,
        backoffBase,
        backoffMax);
  }

  /** The wait behind the n-th attempt (from 1), at random up to a bound that doubles. */
  Duration backoff(int attempt, RandomGenerator random) {
    long bound =
        Math.min(
            backoffMax.toMillis(), backoffBase.toMillis() << Math.min(attempt - 1, DOUBLINGS_MAX));
    return Duration.ofMillis(random.nextLong(Math.max(1, bound) + 1));
  }
}
