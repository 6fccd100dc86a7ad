// SPDX-License-Identifier: Apache-2.0
/** The loops of an agent: leases, heartbeats, sending, receiving, placing, garbage, draining. */
@NullMarked
package dev.syncmate.agent.role;

import org.jspecify.annotations.NullMarked;
