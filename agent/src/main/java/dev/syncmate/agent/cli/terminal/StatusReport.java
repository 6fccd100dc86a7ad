// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.schema.Status;
import org.jspecify.annotations.Nullable;

/** What {@code status --json} prints. */
public record StatusReport(@Nullable Status coordinator, BucketUsage bucket) {}
