// SPDX-License-Identifier: Apache-2.0
/**
 * Sending and receiving without a coordinator: what is to be done follows from the plan, the
 * listing of the bucket and the destination's files alone. The bucket's layout is the seed tool's:
 * one object a task, flat, its key the virtual path.
 */
@NullMarked
package dev.syncmate.agent.relay;

import org.jspecify.annotations.NullMarked;
