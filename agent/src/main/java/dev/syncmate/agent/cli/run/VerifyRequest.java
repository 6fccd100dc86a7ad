// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.verify.Sample;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which placed files to read, and how much of them.
 *
 * @param destination whose copy it is
 * @param only files and folders, absolute; empty: all that was placed
 * @param readers slices read at a time
 * @param json whether the result is JSON
 * @param repair the agent that receives bad slices again, null: nothing is changed
 */
public record VerifyRequest(
    String destination,
    PathMap paths,
    List<Path> only,
    Sample sample,
    int readers,
    boolean json,
    @Nullable AgentRequest repair) {
  /** Copies the list. */
  public VerifyRequest {
    only = List.copyOf(only);
  }
}
