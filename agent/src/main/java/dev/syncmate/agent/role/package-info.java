// SPDX-License-Identifier: Apache-2.0
/**
 * The loops of an agent: leases, heartbeats, sending, receiving, placing, garbage, draining. Each
 * is woken, stopped and guarded alike, does a {@link dev.syncmate.agent.role.Step} or moves slices
 * by a {@link dev.syncmate.agent.role.SliceWork}, and knows of the other side nothing but the
 * {@link dev.syncmate.agent.coordinator.Coordinator}.
 */
@NullMarked
package dev.syncmate.agent.role;

import org.jspecify.annotations.NullMarked;
