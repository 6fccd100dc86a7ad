// SPDX-License-Identifier: Apache-2.0
/** Failures and what to do about them. Depends on nothing. */
@NullMarked
package dev.syncmate.agent.failure;

import org.jspecify.annotations.NullMarked;
