// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import java.util.Locale;

/**
 * The columns of a table: numbers to the right, and what is too long pushes the rest along.
 * picocli's TextTable aligns to the left alone, and cuts or wraps.
 */
record Columns(String format) {
  String row(Object... cells) {
    return String.format(Locale.ROOT, format, cells);
  }
}
