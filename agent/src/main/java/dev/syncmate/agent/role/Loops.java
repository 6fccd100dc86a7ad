// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.TransferException;
import java.util.function.Consumer;

/** What every loop of an agent shares. */
record Loops(
    Coordinator coordinator,
    LeaseKeeper keeper,
    Scheduler scheduler,
    Blocking blocking,
    Consumer<TransferException> fatal) {}
