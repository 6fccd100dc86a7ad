// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;

/** What the loops of an agent share. */
record Loops(Coordinator coordinator, LeaseKeeper keeper, Scheduler scheduler, Blocking blocking) {}
