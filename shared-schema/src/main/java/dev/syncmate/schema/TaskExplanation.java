// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A task, and why it is not further. Wire shape: task-explanation.schema.json. */
public record TaskExplanation(
    TaskStatus task, WaitingFor reason, String detail, @Nullable Long expectedAtMs) {}
