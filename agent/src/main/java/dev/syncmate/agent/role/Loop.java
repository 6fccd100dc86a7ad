// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

/**
 * Something that an agent repeats until it is stopped.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
interface Loop {
  /** Looks for work now; safe to call at any time. */
  void wake();

  /** Begins nothing more; what is under way goes on. */
  void stop();

  /** Whether nothing is under way. */
  boolean idle();
}
