// SPDX-License-Identifier: Apache-2.0
/** OffsetFS on FUSE, by jnr-fuse and libfuse 2. */
@NullMarked
package dev.syncmate.agent.offsetfs.fuse;

import org.jspecify.annotations.NullMarked;
