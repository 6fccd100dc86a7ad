// SPDX-License-Identifier: Apache-2.0
/** The coordinator over HTTP, by Vert.x Web Client. */
@NullMarked
package dev.syncmate.agent.coordinator.http;

import org.jspecify.annotations.NullMarked;
