// SPDX-License-Identifier: Apache-2.0
/**
 * This process to those outside: its pid file, its signals, itself in the background, and how it
 * ends when a command can't go on.
 */
@NullMarked
package dev.syncmate.agent.cli.process;

import org.jspecify.annotations.NullMarked;
