// SPDX-License-Identifier: Apache-2.0
/**
 * The local disk: files that survive a power cut and are replaced at once, whole buffers, room,
 * what the file system says of a file, and what its errors mean.
 */
@NullMarked
package dev.syncmate.agent.disk;

import org.jspecify.annotations.NullMarked;
