// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import java.time.Duration;

/**
 * How to work without a coordinator.
 *
 * @param transfersMax objects moved at once
 * @param pollInterval between two listings of the bucket while there is nothing to do
 */
public record RelayOptions(int transfersMax, Duration pollInterval) {}
