// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

/** What lies in a bucket. */
public record BucketUsage(String name, long objects, long bytes) {}
