// SPDX-License-Identifier: Apache-2.0
/** Files being received: sparse, with a journal of verified slices. */
@NullMarked
package dev.syncmate.agent.staging;

import org.jspecify.annotations.NullMarked;
