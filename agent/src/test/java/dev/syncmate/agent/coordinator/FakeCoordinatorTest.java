// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator;

import dev.syncmate.agent.testing.FakeCoordinator;

/** The contract, kept by the coordinator in memory. */
class FakeCoordinatorTest extends CoordinatorContract {
  private final FakeCoordinator fake = new FakeCoordinator();

  @Override
  protected Coordinator coordinator() {
    return fake;
  }
}
