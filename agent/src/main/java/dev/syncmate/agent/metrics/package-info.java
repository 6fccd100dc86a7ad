// SPDX-License-Identifier: Apache-2.0
/** What is measured, by name; depends on nothing of ours. Who reads it: docs/metrics.md. */
@NullMarked
package dev.syncmate.agent.metrics;

import org.jspecify.annotations.NullMarked;
