// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

/**
 * How an agent works.
 *
 * @param transfersMax slices moved at once, each way
 */
public record AgentOptions(Identity identity, int transfersMax) {}
