// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

/** What statfs says: bytes shown, bytes that can still be written, number of files. */
public record Usage(long totalBytes, long freeBytes, long files) {}
