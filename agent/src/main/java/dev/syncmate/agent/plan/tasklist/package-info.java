// SPDX-License-Identifier: Apache-2.0
/** Task lists: the JSONL that {@code taskgen} writes and {@code mount} reads. */
@NullMarked
package dev.syncmate.agent.plan.tasklist;

import org.jspecify.annotations.NullMarked;
