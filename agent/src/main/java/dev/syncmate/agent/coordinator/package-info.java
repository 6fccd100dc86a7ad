// SPDX-License-Identifier: Apache-2.0
/** The port to the coordinator: leases, jobs, placing, garbage, status. */
@NullMarked
package dev.syncmate.agent.coordinator;

import org.jspecify.annotations.NullMarked;
