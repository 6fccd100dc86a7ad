// SPDX-License-Identifier: Apache-2.0
/**
 * What people and scripts get to see: results on stdout, as tables or JSON; remarks, progress and
 * logs on stderr.
 */
@NullMarked
package dev.syncmate.agent.cli.terminal;

import org.jspecify.annotations.NullMarked;
