// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import ch.qos.logback.classic.Level;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets how much this program logs; the libraries stay at what logback.xml says. */
public final class Logging {
  static final String OURS = "dev.syncmate";

  private Logging() {}

  /** 0 = warnings, 1 = also what starts and ends, 2 and more = also each task. */
  public static void configure(int verbosity) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    Logger ours = factory.getLogger(OURS);
    if (ours instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(level(verbosity));
    }
  }

  private static Level level(int verbosity) {
    return switch (verbosity) {
      case 0 -> Level.WARN;
      case 1 -> Level.INFO;
      default -> Level.DEBUG;
    };
  }
}
