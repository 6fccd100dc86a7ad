// SPDX-License-Identifier: Apache-2.0
/** Configuration: file, environment, defaults, checks, in one place. */
@NullMarked
package dev.syncmate.agent.config;

import org.jspecify.annotations.NullMarked;
