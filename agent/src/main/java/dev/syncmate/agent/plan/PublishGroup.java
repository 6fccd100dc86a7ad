// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

/**
 * Files that readers use together.
 *
 * <p>All files of a group are staged before the first of them is published; then they are published
 * by ascending order, those of the same order at once.
 *
 * @param id the same for all files of the group
 */
public record PublishGroup(String id, int order) {}
