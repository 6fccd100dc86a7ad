// SPDX-License-Identifier: Apache-2.0
/** The command line: one class a command, exit codes, wiring. */
@NullMarked
package dev.syncmate.agent.cli;

import org.jspecify.annotations.NullMarked;
