// SPDX-License-Identifier: Apache-2.0
/** OffsetFS on FUSE, by jnr-fuse. */
@NullMarked
package dev.syncmate.agent.offsetfs.fuse;

import org.jspecify.annotations.NullMarked;
