// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.schema.Status;
import org.jspecify.annotations.Nullable;

/** What {@code status --json} prints. */
record StatusReport(@Nullable Status coordinator, BucketUsage bucket) {}
