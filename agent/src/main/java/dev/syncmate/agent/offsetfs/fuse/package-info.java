// SPDX-License-Identifier: Apache-2.0
/** OffsetFS on FUSE: libfuse 2 with jnr-fuse, libfuse 3 with jnr-ffi alone. */
@NullMarked
package dev.syncmate.agent.offsetfs.fuse;

import org.jspecify.annotations.NullMarked;
