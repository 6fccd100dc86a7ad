// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

/**
 * How to mount.
 *
 * @param allowOther other users may use it too, as far as the sources' modes let them
 * @param debug the binding's own trace goes to stderr
 * @param directIo no page cache: faster for one sequential pass, slower for small reads, no mmap
 */
public record MountOptions(boolean allowOther, boolean debug, boolean directIo) {}
