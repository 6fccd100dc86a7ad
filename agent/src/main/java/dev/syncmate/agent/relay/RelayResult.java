// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

/**
 * How a run without a coordinator ended, in files.
 *
 * @param moved files moved by this run
 * @param movedBytes their bytes, as moved
 * @param thereBefore files that there was nothing to do for: their objects lie in the bucket, or
 *     they are at the destination
 * @param missing files that another host must send, or whose objects did not come
 * @param failed files that something is wrong with
 */
public record RelayResult(int moved, long movedBytes, int thereBefore, int missing, int failed) {}
