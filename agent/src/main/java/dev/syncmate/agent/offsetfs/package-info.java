// SPDX-License-Identifier: Apache-2.0
/** A flat file system whose files are slices of other files; no FUSE in sight. */
@NullMarked
package dev.syncmate.agent.offsetfs;

import org.jspecify.annotations.NullMarked;
