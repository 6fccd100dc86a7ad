// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.agent.staging.Staging;

/**
 * What a receiving agent needs besides the store.
 *
 * @param deleteRemote whether received objects are deleted from the store
 * @param folders by which hosts of its domain are known to share its file system
 */
public record RecvParts(Staging staging, Placer placer, boolean deleteRemote, FolderIds folders) {}
