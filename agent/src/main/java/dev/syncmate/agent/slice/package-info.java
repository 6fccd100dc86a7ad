// SPDX-License-Identifier: Apache-2.0
/** Slices of files: where bytes come from and go to. */
@NullMarked
package dev.syncmate.agent.slice;

import org.jspecify.annotations.NullMarked;
