// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: a class a command, and the flags that commands share. Words become a checked
 * request here; what it asks for is done in {@code cli.run}.
 */
@NullMarked
package dev.syncmate.agent.cli;

import org.jspecify.annotations.NullMarked;
