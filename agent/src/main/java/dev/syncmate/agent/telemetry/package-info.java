// SPDX-License-Identifier: Apache-2.0
/** Every metric name and log key, once. */
@NullMarked
package dev.syncmate.agent.telemetry;

import org.jspecify.annotations.NullMarked;
