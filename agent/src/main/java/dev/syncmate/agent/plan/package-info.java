// SPDX-License-Identifier: Apache-2.0
/** From two profiles to the files that must move. */
@NullMarked
package dev.syncmate.agent.plan;

import org.jspecify.annotations.NullMarked;
