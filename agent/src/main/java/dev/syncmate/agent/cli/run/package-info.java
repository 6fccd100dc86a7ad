// SPDX-License-Identifier: Apache-2.0
/**
 * What the commands do, once their words are checked requests: each run is made of the roles, plans
 * and mounts below it, and {@code Wiring} gives it the adapters.
 */
@NullMarked
package dev.syncmate.agent.cli.run;

import org.jspecify.annotations.NullMarked;
