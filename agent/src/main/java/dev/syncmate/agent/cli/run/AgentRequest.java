// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.role.AgentOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked an agent to be.
 *
 * @param drainTimeout how long slices in work may take to finish after SIGTERM
 * @param json whether the result is JSON, and no progress bar is shown
 * @param send null: it doesn't send, or without a coordinator
 * @param recv null: it doesn't receive
 * @param job the pair whose job ends the agent, or null: stay until told to stop
 */
public record AgentRequest(
    StoreConfig store,
    AgentOptions options,
    Duration drainTimeout,
    boolean json,
    @Nullable SendRequest send,
    @Nullable RecvRequest recv,
    @Nullable JobRequest job) {
  /** Refuses a time that has passed before it begins. */
  public AgentRequest {
    if (drainTimeout.isNegative()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--drain-timeout: %d (expected: seconds, 0 or more)".formatted(drainTimeout.toSeconds()));
    }
  }

  /** The same agent, that sends. */
  public AgentRequest sending(SendRequest how) {
    return new AgentRequest(store, options, drainTimeout, json, how, recv, job);
  }

  /** The same agent, that receives. */
  public AgentRequest receiving(RecvRequest where) {
    return new AgentRequest(store, options, drainTimeout, json, send, where, job);
  }

  /** The same agent, until that job is done. */
  public AgentRequest until(JobRequest done) {
    return new AgentRequest(store, options, drainTimeout, json, send, recv, done);
  }
}
