// SPDX-License-Identifier: Apache-2.0
/**
 * OffsetFS: a flat file system whose files are slices of other files. Its rules are {@link
 * dev.syncmate.agent.offsetfs.OffsetFs}, without FUSE; a binding implements {@link
 * dev.syncmate.agent.offsetfs.MountFactory}. Semantics: docs/offsetfs-semantics.md.
 */
@NullMarked
package dev.syncmate.agent.offsetfs;

import org.jspecify.annotations.NullMarked;
