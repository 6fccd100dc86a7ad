// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.staging.Staging;

/**
 * What a receiving agent needs besides the store.
 *
 * @param deleteRemote whether received objects are deleted from the store
 */
public record RecvParts(Staging staging, Placer placer, boolean deleteRemote) {}
