// SPDX-License-Identifier: Apache-2.0
/** Slices of files on disk. */
@NullMarked
package dev.syncmate.agent.slice.file;

import org.jspecify.annotations.NullMarked;
