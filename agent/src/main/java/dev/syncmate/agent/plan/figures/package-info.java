// SPDX-License-Identifier: Apache-2.0
/** A plan in figures: files, bytes, slices, hours, money, and space at the destination. */
@NullMarked
package dev.syncmate.agent.plan.figures;

import org.jspecify.annotations.NullMarked;
